using Microsoft.AspNetCore.Components;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Storage;

namespace Prunella.Console.Live;

/// <summary>A page that shows the present state: it reads when it opens, and again after each change, without being reloaded.</summary>
public abstract class LivePage : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource leaving = new();
    private IDisposable? listening;
    private bool reading;
    private bool again;

    /// <summary>Begins a page.</summary>
    protected LivePage() => Left = leaving.Token;

    [Inject] private protected Pulse Pulse { get; set; } = null!;

    [Inject] private protected Visitor Visitor { get; set; } = null!;

    [Inject] private protected NavigationManager Navigation { get; set; } = null!;

    [Inject] private protected TimeProvider Time { get; set; } = null!;

    /// <summary>Why the page cannot be read or the last action failed, for the person; empty when all is well.</summary>
    protected string Fault { get; set; } = "";

    /// <summary>Whether the first reading is done.</summary>
    protected bool Loaded { get; private set; }

    /// <summary>Who looks.</summary>
    protected Person? Me { get; private set; }

    /// <summary>The time of the last reading.</summary>
    protected DateTimeOffset Now { get; private set; }

    /// <summary>Cancelled when the person leaves the page.</summary>
    protected CancellationToken Left { get; }

    /// <summary>Whether the page follows what happens; false for one that reads only when asked.</summary>
    protected virtual bool Follows => true;

    /// <summary>Whether the page shows a clock or a countdown, and is drawn each second.</summary>
    protected virtual bool Ticks => false;

    /// <summary>Reads what the page shows.</summary>
    protected abstract Task LoadAsync(CancellationToken cancellation);

    /// <summary>Whether the person may do what takes this role.</summary>
    protected bool May(Role role) => Me?.Role >= role;

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync() => ReadAsync();

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender && Follows) listening = Pulse.Listen(changed => { if (changed || Ticks) _ = InvokeAsync(() => FollowAsync(changed)); });
    }

    /// <summary>Does what the person asked for, as the person that they are now, then reads again. What fails is said on the page.</summary>
    protected async Task DoAsync(Func<Person, Task> act)
    {
        ArgumentNullException.ThrowIfNull(act);
        Fault = "";
        try
        {
            await act(await Visitor.ActAsync(Left));
            Pulse.Touch();
        }
        catch (SessionEndedException)
        {
            Navigation.NavigateTo("/sign-in", forceLoad: true);
            return;
        }
        catch (Exception refused) when (refused is NotEntitledException or StoreUnavailableException or ArgumentException or Remediation.Stages.PromotionRefusedException)
        {
            Fault = refused.Message;
        }
        await ReadAsync();
    }

    /// <summary>Reads again now.</summary>
    protected async Task ReadAsync()
    {
        if (reading) { again = true; return; }
        reading = true;
        try
        {
            do
            {
                again = false;
                Me = await Visitor.SeeAsync();
                Now = Time.GetUtcNow();
                await LoadAsync(Left);
                Loaded = true;
            } while (again && !Left.IsCancellationRequested);
        }
        catch (StoreUnavailableException away)
        {
            Fault = $"The store cannot be read now: {away.Message}";
        }
        catch (OperationCanceledException) when (Left.IsCancellationRequested)
        {
            // The person left.
        }
        finally
        {
            reading = false;
        }
    }

    private async Task FollowAsync(bool changed)
    {
        if (Left.IsCancellationRequested) return;
        if (changed) await ReadAsync();
        else Now = Time.GetUtcNow();
        if (!Left.IsCancellationRequested) StateHasChanged();
    }

    /// <summary>Stops following.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Stops following.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing || Left.IsCancellationRequested) return;
        listening?.Dispose();
        leaving.Cancel();
        leaving.Dispose();
    }
}

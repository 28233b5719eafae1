using System.Globalization;
using Microsoft.AspNetCore.Components;
using Prunella.Console.Live;
using Prunella.Logs;
using Prunella.Logs.Questions;

namespace Prunella.Console.Logs;

/// <summary>A question about the server's own logs, and what came of it. Reads when asked; lines as they come are shown by <see cref="LiveLines"/>.</summary>
public abstract class LogsPageBase : LivePage
{
    private CancellationTokenSource? scan;
    private string? shown;

    [Inject] private IEnumerable<LogDesk> Desks { get; set; } = [];

    /// <summary>The question in English.</summary>
    [SupplyParameterFromQuery(Name = "q")] public string? English { get; set; }

    /// <summary>The written question; it goes before the English one.</summary>
    [SupplyParameterFromQuery(Name = "w")] public string? Written { get; set; }

    /// <summary>The only pattern, by its key in hexadecimal.</summary>
    [SupplyParameterFromQuery(Name = "pattern")] public string? PatternKey { get; set; }

    /// <summary>Only lines before this place.</summary>
    [SupplyParameterFromQuery(Name = "before")] public string? Before { get; set; }

    /// <summary>Whether lines are shown as they come.</summary>
    [SupplyParameterFromQuery(Name = "live")] public bool Live { get; set; }

    /// <summary>The English question in its box.</summary>
    protected string EnglishChoice { get; set; } = "";

    /// <summary>The written question in its box.</summary>
    protected string WrittenChoice { get; set; } = "";

    /// <summary>What is wrong with the question; empty when nothing is.</summary>
    protected string Trouble { get; private set; } = "";

    /// <summary>Whether logs are received at all.</summary>
    protected bool IsConfigured => Desk is not null;

    /// <summary>Whether a question is being answered.</summary>
    protected bool Reading { get; private set; }

    /// <summary>Whether nothing is archived yet.</summary>
    protected bool IsEmpty { get; private set; }

    private protected LogDesk? Desk { get; private set; }

    private protected LogReading? Answer { get; private set; }

    private protected IReadOnlyList<ShownLine> Lines { get; private set; } = [];

    private protected LogFigures? Figures { get; private set; }

    private protected ulong? Pattern => ulong.TryParse(PatternKey, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var key) ? key : null;

    /// <inheritdoc/>
    protected override bool Follows => false;

    private string Asked => string.Join('\n', English, Written, PatternKey, Before);

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        Desk = Desks.FirstOrDefault();
        if (Asked == shown) return;
        (EnglishChoice, WrittenChoice) = (English ?? "", Written ?? "");
        // The answer to the question before is not wanted any more.
        scan?.Cancel();
    }

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancellation)
    {
        // The first answer of the server brings the page, and the connection then what the archive says: no request waits for a scan.
        if (Desk is not { } desk || !RendererInfo.IsInteractive || Asked == shown) return;
        shown = Asked;
        using var own = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        (scan, Reading, Trouble, Fault) = (own, true, "", "");
        try
        {
            IsEmpty = !await desk.HasLinesAsync(own.Token);
            if (!IsEmpty) await AskAsync(desk, own.Token);
            Figures = await desk.FiguresAsync(own.Token);
        }
        catch (FormatException unread)
        {
            (Trouble, Answer, Lines) = (unread.Message, null, []);
        }
        catch (Exception damaged) when (damaged is InvalidDataException or IOException)
        {
            Fault = $"The archive cannot be read: {damaged.Message}";
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Another question was asked.
        }
        finally
        {
            (scan, Reading) = (null, false);
        }
    }

    private async Task AskAsync(LogDesk desk, CancellationToken cancellation)
    {
        var written = Written is { Length: > 0 };
        Answer = await desk.AskAsync(new LogAsked((written ? Written : English) ?? "", written, Pattern), cancellation);
        if (!written) WrittenChoice = Answer.Question.ToString();
        Lines = await desk.LinesAsync(Answer.Question, Pattern, LogAddress.ReadPlace(Before), cancellation);
    }

    /// <summary>Asks what the box of English says.</summary>
    protected void AskEnglish() => Navigation.NavigateTo(LogAddress.Of(english: EnglishChoice));

    /// <summary>Asks what the box of the written question says.</summary>
    protected void AskWritten() => Navigation.NavigateTo(LogAddress.Of(written: WrittenChoice, pattern: Pattern));

    private protected static string Address(LogQuestion question, ulong? pattern = null, LinePlace? before = null, bool live = false) => LogAddress.Of(written: question.ToString(), pattern: pattern, before: before, live: live);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) scan?.Cancel();
        base.Dispose(disposing);
    }
}

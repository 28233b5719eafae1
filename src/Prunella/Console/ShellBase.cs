using Microsoft.AspNetCore.Components;
using Prunella.Auth;
using Prunella.Console.Live;

namespace Prunella.Console;

/// <summary>What is around every page: who is here, how things stand, where to go.</summary>
public abstract class ShellBase : LivePage
{
    [Inject] private BoardReader Boards { get; set; } = null!;

    [Inject] private DemoAccess Demo { get; set; } = null!;

    /// <summary>The page inside.</summary>
    [Parameter] public RenderFragment? Body { get; set; }

    /// <summary>How things stand; null before the first reading.</summary>
    protected Board? Board { get; private set; }

    /// <summary>Whether there is a session to end: the demo has none.</summary>
    protected bool CanSignOut => !Demo.Enabled;

    /// <inheritdoc/>
    protected override bool Ticks => true;

    /// <inheritdoc/>
    protected override async Task LoadAsync(CancellationToken cancellation) => Board = await Boards.ReadAsync(cancellation);

    /// <summary>What waits behind an entry of the navigation.</summary>
    protected int CountOf(string path) => path switch
    {
        "/incidents" => Board?.OpenTotal ?? 0,
        "/approvals" => Board?.Waiting.Count ?? 0,
        _ => 0,
    };
}

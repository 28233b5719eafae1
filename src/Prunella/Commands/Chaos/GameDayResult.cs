using System.Globalization;

namespace Prunella.Commands.Chaos;

/// <summary>What became of one experiment; times in seconds.</summary>
internal sealed record GameDayResult
{
    public required int Number { get; init; }
    public required string Experiment { get; init; }
    public required string Fault { get; init; }
    public required string Injection { get; init; }
    public required DateTimeOffset InjectedAt { get; init; }
    public DateTimeOffset? ShownAt { get; init; }
    public string? Incident { get; init; }
    public string? Cause { get; init; }
    public IReadOnlyList<string> Actions { get; init; } = [];
    public string? Outcome { get; init; }

    /// <summary>From the first sign that the API showed to the server's notice.</summary>
    public double? Detect { get; init; }

    /// <summary>From the notice to the first verdict.</summary>
    public double? Decide { get; init; }

    /// <summary>From the first verdict to the effect.</summary>
    public double? Act { get; init; }

    /// <summary>From the first sign to well for good.</summary>
    public double? Recover { get; init; }

    /// <summary>The same without the time that containers took to start.</summary>
    public double? RecoverBesidesStart { get; init; }

    /// <summary>What was not as expected, each with its figure; empty for a success.</summary>
    public required IReadOnlyList<string> Broken { get; init; }

    public bool Succeeded => Broken.Count == 0;
}

/// <summary>A game day's report.</summary>
internal sealed record GameDayReport(string GameDay, string Namespace, int Seed, DateTimeOffset Began, DateTimeOffset Ended, IReadOnlyList<GameDayResult> Results)
{
    public int Succeeded => Results.Count(result => result.Succeeded);

    public double SuccessRate => Results.Count == 0 ? 0 : (double)Succeeded / Results.Count;

    /// <summary>The greatest of each time, which for less than a hundred experiments is their 99th percentile.</summary>
    public double? DetectMax => Results.Max(result => result.Detect);

    public double? DecideMax => Results.Max(result => result.Decide);

    public double? RecoverBesidesStartMax => Results.Max(result => result.RecoverBesidesStart);

    internal static string Seconds(double? value) => value is { } known ? known.ToString("0.00", CultureInfo.InvariantCulture) : "–";
}

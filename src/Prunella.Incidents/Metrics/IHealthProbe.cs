namespace Prunella.Incidents.Metrics;

/// <summary>Asks an application's own health endpoint. Thread-safe; never throws for what the endpoint answers.</summary>
public interface IHealthProbe
{
    /// <summary>One GET with a time limit and a bound on the body.</summary>
    Task<HealthAnswer> AskAsync(Uri endpoint, CancellationToken cancellation);
}

/// <summary>What a health endpoint said.</summary>
/// <param name="Healthy">True on a 2xx status; null when it could not be asked.</param>
/// <param name="Text">Status and the first line of the body, or the failure.</param>
public sealed record HealthAnswer(bool? Healthy, string Text);

namespace Prunella.EndToEnd.Processes;

/// <summary>Waiting for something to become so, with a bound.</summary>
internal static class Patience
{
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(150);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Waits until the condition holds; fails with what was seen last.</summary>
    internal static async Task UntilAsync(Func<Task<bool>> condition, string what, Func<string>? last = null, TimeSpan? within = null)
    {
        var bound = within ?? Usual;
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > bound) throw new TimeoutException($"Waited {bound.TotalSeconds:0} s for {what}. Last seen:\n{last?.Invoke()}");
            await Task.Delay(Interval, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}

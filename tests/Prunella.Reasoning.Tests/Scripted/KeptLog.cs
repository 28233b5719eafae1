using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Prunella.Reasoning.Tests.Scripted;

/// <summary>Keeps every line that is logged, at every level.</summary>
internal sealed class KeptLog : ILoggerFactory, ILogger
{
    internal ConcurrentQueue<string> Lines { get; } = [];

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) { }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue($"{formatter(state, exception)} {exception}");

    public void Dispose() { }
}

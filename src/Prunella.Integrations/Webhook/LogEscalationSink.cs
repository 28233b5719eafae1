using Microsoft.Extensions.Logging;
using Prunella.Incidents;
using Prunella.Incidents.Escalation;

namespace Prunella.Integrations.Webhook;

/// <summary>Writes notices to the log, where something always listens. Never fails.</summary>
public sealed partial class LogEscalationSink(ILogger<LogEscalationSink> log) : IEscalationSink
{
    /// <inheritdoc/>
    public string Name => "log";

    /// <inheritdoc/>
    public Task DeliverAsync(Notice notice, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(notice);
        var level = notice.Kind is NoticeKind.Resolved or NoticeKind.ApprovalSettled or NoticeKind.Acknowledged or NoticeKind.Digest ? LogLevel.Information : notice.Severity == Severity.Critical ? LogLevel.Error : LogLevel.Warning;
        // A line stays a line: text from alerts must not be able to forge another entry.
        var title = InertText.Line(notice.Title, 500);
        var body = InertText.Line(notice.Body, 8_000);
        Write(level, notice.Kind, notice.Incident?.Short ?? "-", title, body, notice.Key);
        return Task.CompletedTask;
    }

    [LoggerMessage(EventId = 5_001, EventName = "Notice", Message = "{Kind} {Incident}: {Title} | {Body} ({Key})")]
    private partial void Write(LogLevel level, NoticeKind kind, string incident, string title, string body, string key);
}

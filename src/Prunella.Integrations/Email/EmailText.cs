using System.Globalization;
using System.Text;
using MimeKit;
using Prunella.Incidents;
using Prunella.Incidents.Escalation;
using Prunella.Integrations.Webhook;

namespace Prunella.Integrations.Email;

/// <summary>Notices as mail: plain text, one thread to an incident, and nothing in it that decides when a scanner follows links.</summary>
internal static class EmailText
{
    private const int SubjectMax = 180;
    private const int BodyMax = 60_000;

    internal static MimeMessage Of(Notice notice, string sink, MailboxAddress from, IEnumerable<MailboxAddress> to, Uri? console)
    {
        var domain = from.Address[(from.Address.LastIndexOf('@') + 1)..];
        var message = new MimeMessage { Subject = $"[Prunella] {NoticeText.Line(notice.Title, SubjectMax)}", Date = notice.At, MessageId = $"{Fingerprint.Of([notice.Key, sink])[..32]}@{domain}" };
        message.From.Add(from);
        message.To.AddRange(to);
        // Answers of machines are not wanted: RFC 3834.
        message.Headers.Add("Auto-Submitted", "auto-generated");
        message.Headers.Add("X-Prunella-Notice", notice.Kind.ToString());
        if (notice.Severity == Severity.Critical) message.Importance = MessageImportance.High;
        if (notice.Incident is { } incident)
        {
            var thread = $"{incident}@{domain}";
            message.InReplyTo = thread;
            message.References.Add(thread);
            message.Headers.Add("X-Prunella-Incident", incident.ToString());
        }
        message.Body = new TextPart("plain") { Text = Body(notice, console) };
        return message;
    }

    private static string Body(Notice notice, Uri? console)
    {
        var text = new StringBuilder();
        if (notice.Approval is { } ask)
        {
            text.Append(CultureInfo.InvariantCulture, $"May I {ask.Action} {ask.Target}?\nAnswer until {ask.ExpiresAt:yyyy-MM-dd HH:mm:ss} UTC; no answer is a no. People needed: {ask.ApproversNeeded}.\n\n{ask.Recommendation}\n\nRisks: {ask.Risks}\n");
            if (ask.Diff.Length > 0) text.Append(CultureInfo.InvariantCulture, $"\n{ask.Diff}\n");
            text.Append(CultureInfo.InvariantCulture, $"\nTo answer: prunella approve {ask.Id} --reason \"…\", or prunella reject {ask.Id} --reason \"…\"{(console is null ? "" : $", or {new Uri(console, "approvals")}")}\n");
        }
        else
        {
            text.Append(notice.Body.Length > 0 ? notice.Body : notice.Title).Append('\n');
        }
        if (notice.Incident is { } incident) text.Append(CultureInfo.InvariantCulture, $"\n{incident.Short}{(console is null ? "" : $": {new Uri(console, $"incidents/{incident}")}")}\n");
        return NoticeText.Of(text.ToString(), BodyMax);
    }
}

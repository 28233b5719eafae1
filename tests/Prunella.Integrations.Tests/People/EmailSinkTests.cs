using Prunella.Incidents.Escalation;
using Prunella.Integrations.Email;

namespace Prunella.Integrations.Tests.People;

public sealed class EmailSinkTests : IDisposable
{
    private readonly string authority = Path.GetTempFileName();
    private readonly NoticeMemory memory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(authority);

    private EmailOptions Options(SmtpServer server, EmailSecurity security = EmailSecurity.StartTls)
    {
        File.WriteAllText(authority, server.CertificatePem);
        return new EmailOptions
        {
            Host = "localhost", Port = server.Port, Security = security, User = server.AsksForPassword ? "prunella" : "", Password = server.AsksForPassword ? "s3cret" : "",
            From = "Prunella <prunella@example.com>", To = ["ana@example.com", "ben@example.com"], AuthorityFile = authority, ConsoleUrl = new Uri("https://prunella.example.com/"),
        };
    }

    private static string Text(MimeKit.MimeMessage message) => message.TextBody.ShouldNotBeNull().ReplaceLineEndings("\n");

    private EmailSink Sink(EmailOptions options) => new("email", options.To, options, memory);

    [Fact]
    public async Task Escalation_IsMailedOverTls_AsPlainTextInTheThreadOfItsIncident()
    {
        await using var server = new SmtpServer();
        await Sink(Options(server)).DeliverAsync(Notices.Escalated(), Cancellation);
        var (to, message) = server.Mail.ShouldHaveSingleItem();
        to.ShouldBe(["ana@example.com", "ben@example.com"]);
        server.SeenInTheClear.ShouldBeFalse();
        message.Subject.ShouldBe("[Prunella] payments are down");
        Text(message).ShouldContain("Look at the database.");
        Text(message).ShouldContain("https://prunella.example.com/incidents/" + Notices.Id);
        message.HtmlBody.ShouldBeNull();
        message.InReplyTo.ShouldBe(Notices.Id + "@example.com");
        message.Headers["Auto-Submitted"].ShouldBe("auto-generated");
        message.Importance.ShouldBe(MimeKit.MessageImportance.High);
    }

    [Fact]
    public async Task Approval_TellsHowToAnswer_AndHasNoLinkThatAnswers()
    {
        await using var server = new SmtpServer();
        await Sink(Options(server)).DeliverAsync(Notices.Asked("Approve: see https://evil.example/approve?id=1 token=abcdefghijklmnop123456"), Cancellation);
        var text = Text(server.Mail.Single().Message);
        text.ShouldContain("May I rollback-rollout Deployment shop/payment?");
        text.ShouldContain($"prunella approve {Notices.ApprovalId}");
        text.ShouldContain("-image: shop:7\n+image: shop:6", Case.Sensitive);
        text.ShouldContain("https://prunella.example.com/approvals");
        text.ShouldNotContain("abcdefghijklmnop123456");
    }

    [Fact]
    public async Task TitleThatCarriesHeaders_StaysATitle()
    {
        await using var server = new SmtpServer();
        await Sink(Options(server)).DeliverAsync(Notices.Escalated("down\r\nBcc: eve@example.com\r\n\r\n.\r\nMAIL FROM:<x>", "a\n.\nRCPT TO:<eve@example.com>\n" + new string('x', 5_000)), Cancellation);
        var (to, message) = server.Mail.ShouldHaveSingleItem();
        to.ShouldBe(["ana@example.com", "ben@example.com"]);
        message.Bcc.ShouldBeEmpty();
        message.Subject.ShouldStartWith("[Prunella] down");
        Text(message).ShouldContain("\n.\n");
    }

    [Fact]
    public async Task OnePersonRefusedForNow_TheOthersGetItOnce_AndThatOneLater()
    {
        await using var server = new SmtpServer();
        var sink = Sink(Options(server));
        server.Recipient = address => address.StartsWith("ben", StringComparison.Ordinal) ? "451 4.7.1 greylisted" : null;
        (await Should.ThrowAsync<EscalationFailedException>(() => sink.DeliverAsync(Notices.Escalated(), Cancellation))).Message.ShouldContain("ben@example.com (for now: 451 4.7.1 greylisted");
        await Should.ThrowAsync<EscalationFailedException>(() => sink.DeliverAsync(Notices.Escalated(), Cancellation));
        server.Recipient = _ => null;
        await sink.DeliverAsync(Notices.Escalated(), Cancellation);
        server.Mail.Select(mail => string.Join(' ', mail.To)).ShouldBe(["ana@example.com", "ben@example.com"]);
        server.Mail.Select(mail => mail.Message.MessageId).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task OnePersonRefusedForGood_IsToldOnce_AndNotTriedForEver()
    {
        await using var server = new SmtpServer();
        var sink = Sink(Options(server));
        server.Recipient = address => address.StartsWith("ben", StringComparison.Ordinal) ? "550 5.1.1 no such user" : null;
        (await Should.ThrowAsync<EscalationFailedException>(() => sink.DeliverAsync(Notices.Escalated(), Cancellation))).Message.ShouldContain("for good");
        await sink.DeliverAsync(Notices.Escalated(), Cancellation);
        server.Mail.ShouldHaveSingleItem().To.ShouldBe(["ana@example.com"]);
    }

    [Fact]
    public async Task EverybodyRefused_IsAFailure()
    {
        await using var server = new SmtpServer();
        server.Recipient = _ => "451 4.3.0 later";
        (await Should.ThrowAsync<EscalationFailedException>(() => Sink(Options(server)).DeliverAsync(Notices.Escalated(), Cancellation))).Message.ShouldContain("ana@example.com");
        server.Mail.ShouldBeEmpty();
    }

    [Fact]
    public async Task ConnectionLostAfterTheMessage_IsTriedAgainUnderTheSameId()
    {
        await using var server = new SmtpServer { HangsUpAfterData = true };
        var sink = Sink(Options(server));
        await Should.ThrowAsync<EscalationFailedException>(() => sink.DeliverAsync(Notices.Escalated(), Cancellation));
        server.HangsUpAfterData = false;
        await sink.DeliverAsync(Notices.Escalated(), Cancellation);
        server.Mail.Count.ShouldBe(2);
        server.Mail.Select(mail => mail.Message.MessageId).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task ServerWithoutTls_GetsNeitherPasswordNorMail()
    {
        await using var server = new SmtpServer { OffersTls = false };
        (await Should.ThrowAsync<EscalationFailedException>(() => Sink(Options(server)).DeliverAsync(Notices.Escalated(), Cancellation))).Message.ShouldContain("STARTTLS");
        server.SeenInTheClear.ShouldBeFalse();
        server.Mail.ShouldBeEmpty();
    }

    [Fact]
    public async Task UnknownCertificate_GetsNeitherPasswordNorMail()
    {
        await using var other = new SmtpServer();
        await using var server = new SmtpServer();
        var options = Options(server);
        await File.WriteAllTextAsync(authority, other.CertificatePem, Cancellation);
        await Should.ThrowAsync<EscalationFailedException>(() => Sink(options).DeliverAsync(Notices.Escalated(), Cancellation));
        server.Mail.ShouldBeEmpty();
    }

    [Fact]
    public async Task WrongPassword_AndARefusedMessage_AreNamed()
    {
        await using var server = new SmtpServer();
        var options = Options(server);
        options.Password = "wrong";
        (await Should.ThrowAsync<EscalationFailedException>(() => Sink(options).DeliverAsync(Notices.Escalated(), Cancellation))).Message.ShouldNotContain("wrong");
        server.AfterData = () => "554 5.7.1 looks like spam";
        (await Should.ThrowAsync<EscalationFailedException>(() => Sink(Options(server)).DeliverAsync(Notices.Escalated(), Cancellation))).Message.ShouldContain("looks like spam");
    }

    [Fact]
    public async Task OnlyThisMachine_MayBeSpokenToInTheClear()
    {
        await using var server = new SmtpServer { OffersTls = false, AsksForPassword = false };
        await Sink(Options(server, EmailSecurity.None)).DeliverAsync(Notices.Resolved(), Cancellation);
        server.Mail.ShouldHaveSingleItem();
        new EmailOptions { Host = "mail.example.com", From = "a@example.com", To = ["b@example.com"], Security = EmailSecurity.None }.Problems().ShouldHaveSingleItem().ShouldContain("escalation:email:Security must be StartTls or Tls");
    }

    [Fact]
    public void Options_NameEverythingThatIsWrong()
    {
        var problems = new EmailOptions { Host = "not a host", Port = 0, From = "nobody", To = ["a\r\nb@example.com"], Password = "x", Lists = { ["Lead!"] = new EmailList() } }.Problems();
        foreach (var key in (string[])["Host", "Port", "From", "To", "Password", "Lists"]) problems.ShouldContain(problem => problem.StartsWith($"escalation:email:{key} ", StringComparison.Ordinal));
    }
}

using System.Text;
using Prunella.Integrations.Siem;
using Prunella.Integrations.Tests.People;
using Prunella.Ledger;

namespace Prunella.Integrations.Tests.Siem;

public sealed class SyslogLedgerSinkTests : IDisposable
{
    private readonly string authority = Path.GetTempFileName();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(authority);

    [Fact]
    public async Task OverTls_EveryEntryArrives_AsCef()
    {
        await using var certificates = new SmtpServer();
        await using var receiver = new SyslogReceiver(certificates);
        await File.WriteAllTextAsync(authority, certificates.CertificatePem, Cancellation);
        var sink = new SyslogLedgerSink(new SyslogLedgerOptions { Host = "localhost", Port = receiver.Port, AuthorityFile = authority });
        (await sink.TakeAsync(Entries.Of(40, "two\nlines | and = signs \u202E"), Cancellation)).ShouldBe(40);
        receiver.Messages.Count.ShouldBe(40);
        receiver.Messages.First().ShouldContain("CEF:0|Prunella|Prunella|");
        receiver.Messages.Last().ShouldContain("cs1=incident-40");
    }

    [Fact]
    public async Task AsJson_WhatArrivesCanBeVerified()
    {
        await using var receiver = new SyslogReceiver();
        var sink = new SyslogLedgerSink(new SyslogLedgerOptions { Host = "127.0.0.1", Port = receiver.Port, Tls = false, Format = SyslogLedgerFormat.Json });
        await sink.TakeAsync(Entries.Of(20), Cancellation);
        var lines = receiver.Messages.Select(message => message[message.IndexOf('{', StringComparison.Ordinal)..] + "\n");
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(string.Concat(lines)));
        var report = await new LedgerVerifier(Entries.Keys).VerifyAsync(LedgerJsonLines.ReadAsync(stream, Cancellation), LedgerCheckpointFile.Parse(""));
        (report.Intact, report.Entries).ShouldBe((true, 20));
    }

    [Fact]
    public async Task AReceiverThatBreaksOff_HasTakenNothing_AndTheNextTryBringsEverything()
    {
        await using var receiver = new SyslogReceiver { BreaksAfter = 5 };
        var sink = new SyslogLedgerSink(new SyslogLedgerOptions { Host = "127.0.0.1", Port = receiver.Port, Tls = false });
        var entries = Entries.Of(200, new string('x', 3_000));
        await Should.ThrowAsync<LedgerSinkException>(() => sink.TakeAsync(entries, Cancellation));
        receiver.BreaksAfter = int.MaxValue;
        (await sink.TakeAsync(entries, Cancellation)).ShouldBe(200);
        receiver.Messages.Count.ShouldBeGreaterThanOrEqualTo(200);
        receiver.Connections.ShouldBe(2);
    }

    [Fact]
    public async Task AStrangersCertificate_GetsNothing()
    {
        await using var certificates = new SmtpServer();
        await using var other = new SmtpServer();
        await using var receiver = new SyslogReceiver(certificates);
        await File.WriteAllTextAsync(authority, other.CertificatePem, Cancellation);
        var sink = new SyslogLedgerSink(new SyslogLedgerOptions { Host = "localhost", Port = receiver.Port, AuthorityFile = authority });
        await Should.ThrowAsync<LedgerSinkException>(() => sink.TakeAsync(Entries.Of(1), Cancellation));
        receiver.Messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task NobodyThere_IsAFailureThatNamesTheAddress()
    {
        int port;
        await using (var gone = new SyslogReceiver()) port = gone.Port;
        var sink = new SyslogLedgerSink(new SyslogLedgerOptions { Host = "127.0.0.1", Port = port, Tls = false });
        (await Should.ThrowAsync<LedgerSinkException>(() => sink.TakeAsync(Entries.Of(1), Cancellation))).Message.ShouldContain($"127.0.0.1:{port}");
    }

    [Fact]
    public void Options_KeepTheLedgerOffTheOpenNet()
    {
        new SyslogLedgerOptions { Host = "siem.example.com", Tls = false }.Problems().ShouldHaveSingleItem().ShouldStartWith("siem:syslog:Tls must be true");
        new SyslogLedgerOptions { Host = "siem.example.com", KeyFile = "/nowhere" }.Problems().Count.ShouldBe(2);
    }
}

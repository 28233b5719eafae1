using System.Text;
using Prunella.Logs.Questions;

namespace Prunella.Logs.Tests.Questions;

public sealed class LineHostTests
{
    [Theory]
    // Keys.
    [InlineData("2026-03-05T10:00:00Z ERROR gateway: refused host=web-3 after 3 tries", "web-3")]
    [InlineData("level=error hostname=web-3.example.com msg=\"full\"", "web-3.example.com")]
    [InlineData("{\"time\":\"2026-03-05T10:00:00Z\",\"host\":\"web-3\",\"msg\":\"full\"}", "web-3")]
    [InlineData("{\"service\":{\"name\":\"cart\"},\"host\":{\"name\":\"web-3\"},\"message\":\"m\"}", "web-3")]
    [InlineData("{\"host.name\":\"web-3\",\"message\":\"m\"}", "web-3")]
    [InlineData("{\"_HOSTNAME\":\"web-3\",\"MESSAGE\":\"m\"}", "web-3")]
    [InlineData("{\"node\":\"worker-1\",\"msg\":\"m\"}", "worker-1")]
    // Syslog, old and new, and what journald and rsyslog write.
    [InlineData("Jun 14 15:16:01 combo sshd(pam_unix)[19939]: authentication failure", "combo")]
    [InlineData("<34>Oct  1 22:14:15 10.0.0.7 su: 'su root' failed", "10.0.0.7")]
    [InlineData("<165>1 2026-03-05T10:00:00.003Z web-3 app 8710 ID47 - started", "web-3")]
    [InlineData("2026-03-05T10:00:00.123456+00:00 combo systemd[1]: Started", "combo")]
    [InlineData("2026-03-05T10:00:00+00:00 web-3 kernel: oom", "web-3")]
    // What looks like one and is none.
    [InlineData("2026-03-05T10:00:00Z ERROR gateway: refused", "")]
    [InlineData("2026-03-05T10:00:00Z main cart: refused", "")]
    [InlineData("2026-03-05T10:00:00Z payment-service: refused by nobody", "")]
    [InlineData("2026-03-05T10:00:00Z [web-3] cart: refused", "")]
    [InlineData("<165>1 2026-03-05T10:00:00.003Z - app 8710 ID47 - started", "")]
    [InlineData("Jun 14 15:16:01", "")]
    [InlineData("Jun 14 15:16:01 combo", "")]
    [InlineData("<", "")]
    [InlineData("{\"host\":{", "")]
    [InlineData("", "")]
    public void Of_TellsTheHostWhereALineDoes(string line, string host) => Encoding.UTF8.GetString(LineHost.Of(Encoding.UTF8.GetBytes(line))).ShouldBe(host);
}

using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Prunella.Logs.Templates;

namespace Prunella.Logs.Tests.Templates;

/// <summary>
/// A log of known templates: a header with placeholders, and messages with placeholders of which some are common and most are rare.
/// The truth of a message is its template with every placeholder as a variable.
/// </summary>
internal sealed partial class SyntheticLog(string name, string header, params string[] messages)
{
    private static readonly string[] Names = ["cyrus", "news", "guest", "bchavez", "mlee", "webadmin", "oracle", "nagios", "jturner", "backup", "ftpuser", "akhil", "postfix", "svc-build", "deploy"];
    private static readonly string[] Classes = ["ActivityManager", "PowerController", "StepCounter", "AudioTrack", "NetworkStats", "SyncEngine"];
    private static readonly string[] Hosts = ["tbird-admin1", "dn228", "en257", "aadmin1", "bn431", "cn120"];
    private static readonly string[] Domains = ["proxy.example.edu", "mail.foo.com", "cdn-3.bar.net", "update.baz.org", "api.qux.com"];
    private static readonly string[] Packages = ["com.acme.mail", "com.acme.browser.beta", "org.sample.player", "com.vendor.launcher", "net.tool.keyboard"];

    internal string Name => name;

    /// <summary>Lines and their truths; the same for the same seed.</summary>
    internal (List<byte[]> Lines, List<(string Group, string Text)> Truth) Generate(int lines, int seed)
    {
        var random = new Random(seed);
        var bytes = new List<byte[]>();
        var truth = new List<(string, string)>();
        var time = new DateTime(2026, 3, 17, 8, 0, 0);
        for (var n = 0; n < lines; n++)
        {
            time = time.AddMilliseconds(random.Next(20, 3000));

            // Zipf-like: a few messages make most of the log; each comes at least twice.
            var at = n < 2 * messages.Length ? n % messages.Length : (int)(messages.Length * Math.Pow(random.NextDouble(), 2.2));
            var text = TemplateText.Normalize(Placeholder().Replace(messages[at], "<*>"));
            bytes.Add(Encoding.UTF8.GetBytes(Fill(header, random, time) + Fill(messages[at], random, time)));
            truth.Add((text, text));
        }

        return (bytes, truth);
    }

    private static string Fill(string text, Random random, DateTime time) => Placeholder().Replace(text, match => match.Groups[1].Value switch
    {
        "int" => random.Next(0, 100000).ToString(CultureInfo.InvariantCulture),
        "small" => random.Next(0, 12).ToString(CultureInfo.InvariantCulture),
        "neg" => random.Next(-1, 5).ToString(CultureInfo.InvariantCulture),
        "float" => (random.NextDouble() * 1000).ToString("F3", CultureInfo.InvariantCulture),
        "hex" => "0x" + random.Next().ToString("x8", CultureInfo.InvariantCulture),
        "hash" => random.NextInt64().ToString("x", CultureInfo.InvariantCulture).PadLeft(7, 'a')[..7] + "1",
        "uuid" => new Guid(random.Next(), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10).ToString(),
        "ip" => $"10.{random.Next(256)}.{random.Next(256)}.{1 + random.Next(250)}",
        "port" => random.Next(1024, 65535).ToString(CultureInfo.InvariantCulture),
        "path" => "/var/lib/app" + random.Next(9) + "/" + Names[random.Next(Names.Length)] + ".dat",
        "win" => @"C:\Windows\winsxs\amd64_" + random.Next(1000, 9999) + @"\cbscore.dll",
        "user" => Names[random.Next(Names.Length)],
        "class" => Classes[random.Next(Classes.Length)],
        "host" => Hosts[random.Next(Hosts.Length)],
        "domain" => Domains[random.Next(Domains.Length)],
        "package" => Packages[random.Next(Packages.Length)],
        "bool" => random.Next(2) == 0 ? "true" : "false",
        "node" => $"R{random.Next(10, 77)}-M{random.Next(2)}-N{random.Next(8)}-C:J{random.Next(10, 18)}-U{random.Next(10, 12)}",
        "id" => $"blk_{random.NextInt64(1L << 50)}",
        "clock" => $"00:{random.Next(60):D2}",
        "endpoint" => Domains[random.Next(Domains.Length)] + ":" + random.Next(80, 9999).ToString(CultureInfo.InvariantCulture),
        "url" => $"http://host{random.Next(5)}.example.com/a/{random.Next(1000)}?q={random.Next(99)}",
        "date" => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        _ => time.ToString(match.Groups[1].Value[1..], CultureInfo.InvariantCulture),
    });

    [GeneratedRegex(@"\{([a-z]+|@[^}]+)\}")]
    private static partial Regex Placeholder();
}

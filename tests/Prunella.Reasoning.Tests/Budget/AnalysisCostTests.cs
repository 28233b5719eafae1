using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Prunella.Logs.Archive;
using Prunella.Logs.Classification;
using Prunella.Logs.Parsing;
using Prunella.Logs.Templates;
using Prunella.Reasoning.Asking;
using Prunella.Reasoning.Budget;
using Prunella.Reasoning.Naming;
using Prunella.Reasoning.Providers;
using Prunella.Reasoning.Rating;
using Prunella.Reasoning.Telling;
using Prunella.Reasoning.Tests.Scripted;

namespace Prunella.Reasoning.Tests.Budget;

/// <summary>
/// What the analysis of 10 000 raw lines costs: every template rated and named, and the routine summarised. 400 templates are many more
/// than such a log has; tokens are counted in what goes over the wire, with the margin that budgets use, at the table's prices.
/// </summary>
public sealed class AnalysisCostTests : IDisposable
{
    private const int Lines = 10_000;
    private const int Kinds = 400;
    private const double DollarsMax = 0.05;
    private const double Margin = 1.6;
    private static readonly string[] Verbs = ["served", "queued", "dropped", "retried", "rejected", "flushed", "renewed", "moved", "closed", "opened", "merged", "split", "signed", "parsed", "locked", "released", "cached", "evicted", "routed", "probed"];
    private static readonly string[] Things = ["order", "lease", "session", "batch", "segment", "replica", "invoice", "ticket", "partition", "worker", "certificate", "shipment", "cursor", "snapshot", "quota", "voucher", "tenant", "bucket", "upload", "digest"];
    private readonly string folder = Directory.CreateTempSubdirectory("prunella-cost-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ProviderKind.Anthropic)]
    [InlineData(ProviderKind.OpenAi)]
    public async Task TenThousandLines_AnalysedWithTheVendorsSmallModel_CostLessThanFiveCents(ProviderKind kind)
    {
        var price = DefaultModels.PriceOf(DefaultModels.For(new ProviderOptions { Kind = kind }, ModelTier.Small)!)!;
        var answers = new ConcurrentQueue<string>();
        await using var model = new ScriptedModel(kind, (request, _) =>
        {
            var said = Answer(request);
            answers.Enqueue(said);
            return ModelReply.Say(said);
        });
        await using var bench = new ReasoningBench(ReasoningBench.With(model.Provider()));
        var (templates, named) = await AnalyseAsync(bench.Reasoner);

        templates.ShouldBeInRange(Kinds * 9 / 10, Kinds * 11 / 10);
        named.ShouldAllBe(names => names.By == "test-model");
        var sent = model.Requests.Sum(request => TokenCount.Of(request.Everything)) * Margin;
        var said = answers.Sum(TokenCount.Of) * Margin;
        var dollars = (sent * price.Input + said * price.Output) / 1e6;
        TestContext.Current.SendDiagnosticMessage(string.Create(CultureInfo.InvariantCulture, $"{Lines} lines, {templates} templates, {model.Requests.Count} calls of {price.Model}: {sent:0} tokens sent, {said:0} answered, ${dollars:0.0000}"));
        dollars.ShouldBeInRange(0.0005, DollarsMax);
        model.Requests.Count.ShouldBeLessThan(templates / 20, "templates go many to a call, lines never");
    }

    [Fact]
    public async Task TenThousandLines_AnalysedWithoutAModel_CostNothing()
    {
        var (templates, named) = await AnalyseAsync(new NoModel());
        templates.ShouldBeGreaterThan(Kinds / 2);
        named.ShouldAllBe(names => names.By == "built-in");
    }

    private async Task<(int Templates, IReadOnlyList<TemplateNames> Named)> AnalyseAsync(IReasoner reasoner)
    {
        var parser = new LogParser(new LogParserOptions());
        var classifier = new LineClassifier();
        var log = Log();
        foreach (var line in log) parser.Learn(line);
        foreach (var line in log) parser.Parse(line);
        parser.Refine();
        var open = parser.Templates.Where(template => template.Lines > 0).ToList();
        var rated = await new TemplateRater(reasoner).RateAsync([.. open.Select(template => new RatedTemplate(template.Id.ToString(), template.Text, template.Lines, classifier.ClassOf(template, Severity.Info)))], Cancellation);
        rated.Ratings.Count.ShouldBe(open.Count);
        var named = await new FieldNamer(reasoner).NameAsync([.. open.Where(template => template.Text.Contains("<*>", StringComparison.Ordinal)).Select(template => new UnnamedTemplate(template.Id.ToString(), template.Text, [.. Enumerable.Repeat(SlotKind.Number, template.Text.Split("<*>").Length - 1)], template.Lines))], Cancellation);
        var told = await new TrafficTeller(reasoner).TellAsync(Picture(log), Cancellation);
        told.Value.Headline.ShouldNotBeEmpty();
        return (open.Count, named.Names);
    }

    private TrafficPicture Picture(List<byte[]> log)
    {
        var path = Path.Combine(folder, $"{Guid.NewGuid():N}.parc");
        using (var writer = ArchiveWriter.Create(path, new ArchiveOptions { Summaries = true, Durable = false }))
        {
            foreach (var line in log)
            {
                writer.Write(line);
                writer.Write("\n"u8);
            }
            writer.Flush();
        }
        return TrafficPicture.Read([BlockSummary.PathOf(path)]);
    }

    // Templates are told apart by their shape: one to twenty words, one to twenty values.
    private static List<byte[]> Log() => [.. Enumerable.Range(0, Lines).Select(index => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $"2026-11-23T12:{index / 600 % 60:00}:{index / 10 % 60:00}Z INFO shop: {string.Join(' ', Things.Take(1 + index % 20))} {Values(index)}")))];

    private static string Values(int index) => string.Join(' ', Verbs.Take(1 + index / 20 % 20).Select((verb, place) => string.Create(CultureInfo.InvariantCulture, $"{verb}={(index + place) * 7919 % 100_000}")));

    /// <summary>Answers of the usual length, to what a request asks.</summary>
    private static string Answer(ModelRequest request)
    {
        var data = request.Turns[0].Text;
        if (data.Contains(", by words and level ", StringComparison.Ordinal))
            return JsonSerializer.Serialize(new { ratings = Enumerable.Range(1, data.Split(", by words and level ").Length - 1).Select(number => new { number, @class = "routine", why = "a customer's request was handled as usual" }) });
        if (data.Contains("; by rules ", StringComparison.Ordinal))
        {
            var counts = data.Split('\n').Where(line => line.Contains("; by rules ", StringComparison.Ordinal)).Select(line => int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture)).ToList();
            return JsonSerializer.Serialize(new { templates = counts.Select((count, index) => new { number = index + 1, @event = "thing_was_handled", fields = Enumerable.Range(1, count).Select(field => $"customer_field_{field}") }) });
        }
        return JsonSerializer.Serialize(new { headline = "A shop that handles customers' orders in several zones.", usual = "Orders, leases and sessions are served, queued and moved in turn, all at about the same rate.", notable = Array.Empty<string>() });
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}

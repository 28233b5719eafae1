using Prunella.Traces.Detectors;

namespace Prunella.Traces.Advice;

/// <summary>Code before and after a change.</summary>
/// <param name="Language">csharp, java, python, go, javascript, sql or text.</param>
/// <param name="Before">As it likely is.</param>
/// <param name="After">As it should be.</param>
public sealed record CodeExample(string Language, string Before, string After);

/// <summary>Examples by finding and language. The language is the service's when its spans name one.</summary>
internal static class CodeExamples
{
    public static CodeExample? For(FindingGroup finding) => finding.Kind switch
    {
        DetectorKind.NPlusOneQueries or DetectorKind.RepeatingPattern => Pick(finding, Loop) ?? Sql(finding),
        DetectorKind.NPlusOneCalls => Pick(finding, Batch),
        DetectorKind.ConsecutiveQueries or DetectorKind.ConsecutiveCalls => Pick(finding, Parallel),
        DetectorKind.IdenticalCalls or DetectorKind.RedundantToolCalls => Pick(finding, Cache),
        DetectorKind.RetryStorm or DetectorKind.RetryWithoutBackOff => Pick(finding, BackOff),
        DetectorKind.SlowQuery => new CodeExample("sql", finding.Pattern, $"EXPLAIN (ANALYZE, BUFFERS) {finding.Pattern};\n-- then, for the columns of its WHERE and ON:\nCREATE INDEX CONCURRENTLY ON table_name (column_name);"),
        _ => null,
    };

    private static CodeExample? Pick(FindingGroup finding, Func<string, (string Before, string After)?> examples)
    {
        var language = finding.Language switch
        {
            "dotnet" or "csharp" or ".net" => "csharp",
            "java" or "kotlin" => "java",
            "python" => "python",
            "go" => "go",
            "nodejs" or "node" or "webjs" or "javascript" => "javascript",
            _ => null,
        };
        return language is not null && examples(language) is var (before, after) ? new CodeExample(language, before, after) : null;
    }

    private static CodeExample Sql(FindingGroup finding) => new("sql",
        finding.Pattern + "   -- once per row",
        finding.Pattern.Contains("= ?", StringComparison.Ordinal) ? finding.Pattern.Replace("= ?", "= ANY(?)", StringComparison.Ordinal) + "   -- once, all keys" : "-- the same query once, with all keys: WHERE key = ANY(?)");

    private static (string, string)? Loop(string language) => language switch
    {
        "csharp" => ("foreach (var order in orders)\n    order.Items = await db.Items.Where(i => i.OrderId == order.Id).ToListAsync();",
            "var ids = orders.Select(o => o.Id).ToList();\nvar items = (await db.Items.Where(i => ids.Contains(i.OrderId)).ToListAsync()).ToLookup(i => i.OrderId);"),
        "java" => ("for (Order order : orders)\n    order.setItems(items.findByOrderId(order.getId()));",
            "Map<Long, List<Item>> byOrder = items.findByOrderIdIn(ids(orders)).stream()\n    .collect(groupingBy(Item::getOrderId));"),
        "python" => ("for order in orders:\n    order.items = Item.objects.filter(order=order)",
            "orders = Order.objects.prefetch_related(\"items\")"),
        "go" => ("for _, o := range orders {\n\trows, err := db.Query(\"SELECT * FROM items WHERE order_id = $1\", o.ID)\n}",
            "rows, err := db.Query(\"SELECT * FROM items WHERE order_id = ANY($1)\", pq.Array(ids))"),
        "javascript" => ("for (const order of orders)\n  order.items = await Item.findAll({ where: { orderId: order.id } });",
            "const items = await Item.findAll({ where: { orderId: orders.map(o => o.id) } });\nconst byOrder = Object.groupBy(items, i => i.orderId);"),
        _ => null,
    };

    private static (string, string)? Batch(string language) => language switch
    {
        "csharp" => ("foreach (var id in ids)\n    prices.Add(await client.GetPriceAsync(id, token));", "var prices = await client.GetPricesAsync(ids, token); // one call, a list of ids"),
        "java" => ("for (long id : ids)\n    prices.add(client.getPrice(id));", "List<Price> prices = client.getPrices(ids); // one call, a list of ids"),
        "python" => ("prices = [client.get_price(i) for i in ids]", "prices = client.get_prices(ids)  # one call, a list of ids"),
        "go" => ("for _, id := range ids {\n\tp, err := client.GetPrice(ctx, id)\n}", "prices, err := client.GetPrices(ctx, ids) // one call, a list of ids"),
        "javascript" => ("for (const id of ids)\n  prices.push(await client.getPrice(id));", "const prices = await client.getPrices(ids); // one call, a list of ids"),
        _ => null,
    };

    private static (string, string)? Parallel(string language) => language switch
    {
        "csharp" => ("var user = await users.GetAsync(id);\nvar stock = await stocks.GetAsync(item);",
            "var user = users.GetAsync(id);\nvar stock = stocks.GetAsync(item);\nawait Task.WhenAll(user, stock);"),
        "java" => ("User user = users.get(id);\nStock stock = stocks.get(item);",
            "var user = CompletableFuture.supplyAsync(() -> users.get(id), pool);\nvar stock = CompletableFuture.supplyAsync(() -> stocks.get(item), pool);\nCompletableFuture.allOf(user, stock).join();"),
        "python" => ("user = await users.get(id)\nstock = await stocks.get(item)", "user, stock = await asyncio.gather(users.get(id), stocks.get(item))"),
        "go" => ("user, err := users.Get(ctx, id)\nstock, err := stocks.Get(ctx, item)",
            "g, ctx := errgroup.WithContext(ctx)\ng.Go(func() (err error) { user, err = users.Get(ctx, id); return })\ng.Go(func() (err error) { stock, err = stocks.Get(ctx, item); return })\nerr := g.Wait()"),
        "javascript" => ("const user = await users.get(id);\nconst stock = await stocks.get(item);", "const [user, stock] = await Promise.all([users.get(id), stocks.get(item)]);"),
        _ => null,
    };

    private static (string, string)? Cache(string language) => language switch
    {
        "csharp" => ("var rate = await rates.GetAsync(currency);", "var rate = await cache.GetOrCreateAsync(currency, _ => rates.GetAsync(currency));"),
        "java" => ("Rate rate = rates.get(currency);", "Rate rate = cache.computeIfAbsent(currency, rates::get);"),
        "python" => ("rate = rates.get(currency)", "@functools.lru_cache(maxsize=256)\ndef rate(currency): return rates.get(currency)"),
        "go" => ("rate, err := rates.Get(ctx, currency)", "rate, err, _ := group.Do(currency, func() (any, error) { return rates.Get(ctx, currency) })"),
        "javascript" => ("const rate = await rates.get(currency);", "if (!cache.has(currency)) cache.set(currency, rates.get(currency));\nconst rate = await cache.get(currency);"),
        _ => null,
    };

    private static (string, string)? BackOff(string language) => language switch
    {
        "csharp" => ("for (var i = 0; i < 5; i++)\n    try { return await Call(); } catch (HttpRequestException) { }",
            "new ResiliencePipelineBuilder().AddRetry(new() { MaxRetryAttempts = 3, Delay = TimeSpan.FromMilliseconds(200),\n    BackoffType = DelayBackoffType.Exponential, UseJitter = true }).Build();"),
        "java" => ("for (int i = 0; i < 5; i++)\n    try { return call(); } catch (IOException e) { }",
            "RetryConfig.custom().maxAttempts(3).intervalFunction(IntervalFunction.ofExponentialRandomBackoff(200, 2)).build();"),
        "python" => ("for _ in range(5):\n    try: return call()\n    except IOError: pass", "@retry(stop=stop_after_attempt(3), wait=wait_random_exponential(multiplier=0.2, max=5))\ndef call(): ..."),
        "go" => ("for i := 0; i < 5; i++ {\n\tif err = call(); err == nil { break }\n}", "b := backoff.WithMaxRetries(backoff.NewExponentialBackOff(), 3)\nerr := backoff.Retry(call, b)"),
        "javascript" => ("for (let i = 0; i < 5; i++) try { return await call(); } catch {}", "for (let i = 0; i < 3; i++) {\n  try { return await call(); } catch {}\n  await sleep(Math.random() * 200 * 2 ** i);\n}"),
        _ => null,
    };
}

using System.Text.Json;
using Prunella.Logs.Pipeline;

namespace Prunella.Integrations.Elasticsearch;

/// <summary>Reads the answer to a <c>_bulk</c>, item by item, whatever <c>errors</c> says.</summary>
internal static class BulkAnswer
{
    private const int ReasonCharactersMax = 300;

    /// <param name="body">The answer.</param>
    /// <param name="from">Place of the first document that the request held.</param>
    /// <param name="count">Documents that it held.</param>
    internal static SinkAnswer Read(ReadOnlyMemory<byte> body, int from, int count)
    {
        var again = new List<int>();
        var refused = new List<SinkRefusal>();
        string? why = null;
        var told = 0;
        try
        {
            using var document = JsonDocument.Parse(body);
            foreach (var item in document.RootElement.GetProperty("items").EnumerateArray())
            {
                if (told == count) break;
                var place = from + told++;
                var result = item.EnumerateObject().First().Value;
                var status = result.TryGetProperty("status", out var number) && number.TryGetInt32(out var known) ? known : 0;
                // 409: it was stored when it was sent before.
                if (status is 200 or 201 or 409) continue;
                var reason = $"{status}: {Reason(result)}";
                if (status is 0 or 408 or 429 or >= 500) (why, _) = (why ?? reason, Add(again, place));
                else refused.Add(new SinkRefusal(place, reason));
            }
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            why = $"the answer to _bulk cannot be read: {broken.Message}";
        }

        // Nothing is taken for stored that the answer does not speak of.
        for (; told < count; told++) (why, _) = (why ?? $"the answer to _bulk speaks of fewer than {count} documents", Add(again, from + told));
        return new SinkAnswer(again, refused, why);
    }

    private static bool Add(List<int> again, int place)
    {
        again.Add(place);
        return true;
    }

    private static string Reason(JsonElement result)
    {
        if (!result.TryGetProperty("error", out var error)) return "no reason given";
        var text = error.ValueKind == JsonValueKind.Object && error.TryGetProperty("reason", out var reason) ? reason.ToString() : error.ToString();
        text = InertText.Line(text);
        return text.Length <= ReasonCharactersMax ? text : text[..ReasonCharactersMax] + "…";
    }
}

using System.Text.Json.Nodes;
using Prunella.Integrations.Tests.Http;

namespace Prunella.Integrations.Tests.People;

/// <summary>Takes messages by Slack's published rules: the methods' arguments, and the bounds of Block Kit.</summary>
internal static class SlackServer
{
    internal const string Token = "xoxb-1-secret";
    private static readonly string[] PostArguments = ["channel", "text", "blocks", "attachments", "thread_ts", "reply_broadcast", "mrkdwn", "parse", "link_names", "unfurl_links", "unfurl_media", "username", "icon_emoji", "icon_url", "as_user"];
    private static readonly string[] UpdateArguments = ["channel", "ts", "text", "blocks", "attachments", "link_names", "parse", "as_user"];

    internal static ScriptedReply Answer(ScriptedRequest request)
    {
        request.Method.ShouldBe("POST");
        request.Headers["authorization"].ShouldBe("Bearer " + Token);
        request.Headers["content-type"].ShouldBe("application/json; charset=utf-8");
        request.Path.ShouldBeOneOf("/api/chat.postMessage", "/api/chat.update");
        var message = JsonNode.Parse(request.Body)!.AsObject();
        var update = request.Path.EndsWith("update", StringComparison.Ordinal);
        message.Select(argument => argument.Key).Except(update ? UpdateArguments : PostArguments).ShouldBeEmpty();
        ((string)message["channel"]!).ShouldStartWith("C");
        ((string)message["text"]!).Length.ShouldBeInRange(1, 4_000);
        if (update) ((string)message["ts"]!).ShouldBe("1773457200.000100");
        var blocks = message["blocks"]!.AsArray();
        blocks.Count.ShouldBeInRange(1, 50);
        foreach (var block in blocks) Check(block!.AsObject());
        return new ScriptedReply(200, """{"ok":true,"channel":"C024BE91L","ts":"1773457200.000100","message":{}}""");
    }

    private static void Check(JsonObject block)
    {
        switch ((string)block["type"]!)
        {
            case "header":
                Text(block["text"]!, "plain_text", 150);
                break;
            case "section" when block["fields"] is JsonArray fields:
                fields.Count.ShouldBeInRange(1, 10);
                foreach (var field in fields) Text(field!, "mrkdwn", 2_000);
                break;
            case "section":
                Text(block["text"]!, "mrkdwn", 3_000);
                break;
            case "context":
                block["elements"]!.AsArray().Count.ShouldBeInRange(1, 10);
                break;
            case "actions":
                ((string)block["block_id"]!).Length.ShouldBeInRange(1, 255);
                var elements = block["elements"]!.AsArray();
                elements.Select(element => (string)element!["action_id"]!).Distinct().Count().ShouldBe(elements.Count, "action_id is unique in a block");
                foreach (var element in elements)
                {
                    ((string)element!["type"]!).ShouldBe("button");
                    Text(element["text"]!, "plain_text", 75);
                    ((string)element["style"]!).ShouldBeOneOf("primary", "danger");
                    ((string)element["value"]!).Length.ShouldBeLessThanOrEqualTo(2_000);
                    Text(element["confirm"]!["title"]!, "plain_text", 100);
                    Text(element["confirm"]!["text"]!, "plain_text", 300);
                    Text(element["confirm"]!["confirm"]!, "plain_text", 30);
                    Text(element["confirm"]!["deny"]!, "plain_text", 30);
                }
                break;
            default:
                throw new InvalidOperationException($"no block of type {block["type"]} is known here");
        }
    }

    private static void Text(JsonNode text, string type, int most)
    {
        ((string)text["type"]!).ShouldBe(type);
        ((string)text["text"]!).Length.ShouldBeInRange(1, most);
    }
}

using System.CommandLine;
using Prunella.Api;
using Prunella.Auth;
using Prunella.Commands.Incidents;
using Prunella.Hosting;
using Spectre.Console;

namespace Prunella.Commands.Tokens;

/// <summary><c>prunella token</c>: who may use the server.</summary>
internal static class TokenCommands
{
    internal static Command Create() => new("token", "Make, list and revoke tokens of people and webhooks.") { Make(), List(), Revoke(), SignOut() };

    private static Command Make()
    {
        var name = new Argument<string>("name") { Description = "Whose it is; what the ledger records." };
        var role = new Option<string>("--role") { Description = $"{string.Join(", ", TokenEndpoints.RoleWords)}.", DefaultValueFactory = _ => "viewer", HelpName = "ROLE" };
        var expires = new Option<string>("--expires-in") { Description = "After which it no longer holds, such as 90d. Default never.", HelpName = "TIME" };
        var forConfig = new Option<bool>("--for-config") { Description = "Ask no server: print the token and the entry for the configuration." };
        return new VerbCommand("create", "Make a token. It is shown once; only its hash is kept.") { name, role, expires, forConfig }
            .Such("prunella token create ana --role approver --expires-in 90d", "a token for Ana")
            .Such("prunella token create alertmanager --role webhook", "a token that may only post to the webhooks")
            .Such("prunella token create backup-admin --role admin --for-config", "a token for the configuration file")
            .Asks(async (parsed, server, cancellation) =>
            {
                var seconds = Seconds(parsed.GetValue(expires));
                if (parsed.GetValue(forConfig)) return PrintForConfig(parsed, parsed.GetRequiredValue(name), parsed.GetValue(role)!);
                var created = await server.SendAsync<TokenCreated>(HttpMethod.Post, "api/v1/tokens", new TokenRequest(parsed.GetValue(name), parsed.GetValue(role), seconds), cancellation);
                Output.Print(parsed, created, one => new Text(one.Token + "\n"));
                parsed.Say($"The token of {created.Name} ({created.Role}), shown this once.");
                return ExitCode.Ok;
            });
    }

    private static Command List() => new VerbCommand("list", "List stored tokens, never their secrets.").Such("prunella token list", "who has access")
        .Asks(async (parsed, server, cancellation) =>
        {
            Output.Print(parsed, await server.GetAsync<List<TokenView>>("api/v1/tokens", cancellation), list =>
            {
                var table = Output.Table("name", "role", "made", "by", "expires", "revoked");
                foreach (var token in list)
                    table.Row(token.Name, token.Role, IncidentCommands.Time(token.CreatedAt), token.CreatedBy, token.ExpiresAt is { } at ? IncidentCommands.Time(at) : "never", token.RevokedAt is { } gone ? IncidentCommands.Time(gone) : "–");
                return table;
            });
            return ExitCode.Ok;
        });

    private static Command Revoke()
    {
        var name = new Argument<string>("name") { Description = "Whose token." };
        return new VerbCommand("revoke", "Revoke a token at once.") { name }
            .Such("prunella token revoke first-admin", "ends the token of the first start")
            .Asks(async (parsed, server, cancellation) =>
            {
                await server.SendAsync<object>(HttpMethod.Delete, $"api/v1/tokens/{Uri.EscapeDataString(parsed.GetRequiredValue(name))}", body: null, cancellation);
                parsed.Say($"The token of {parsed.GetValue(name)} is revoked.");
                return ExitCode.Ok;
            });
    }

    private static Command SignOut()
    {
        var name = new Argument<string>("name") { Description = "Whose sessions." };
        return new VerbCommand("sign-out", "End every session that a person has in the console, also those opened at a provider.") { name }
            .Such("prunella token sign-out ana", "Ana has to sign in again")
            .Asks(async (parsed, server, cancellation) =>
            {
                await server.SendAsync<object>(HttpMethod.Delete, $"api/v1/sessions/{Uri.EscapeDataString(parsed.GetRequiredValue(name))}", body: null, cancellation);
                parsed.Say($"{parsed.GetValue(name)} is signed out everywhere.");
                return ExitCode.Ok;
            });
    }

    private static long? Seconds(string? text) =>
        text is null ? null
        : OptionValue.TryDuration(text, out var duration) && duration > TimeSpan.Zero ? (long)duration.TotalSeconds
        : throw new CommandFailedException(ExitCode.Usage, $"\"{text}\" is no duration; expected one such as 12h or 90d.");

    private static ExitCode PrintForConfig(ParseResult parsed, string name, string role)
    {
        if (!TokenEndpoints.IsName(name)) throw new CommandFailedException(ExitCode.Usage, "The name may have letters, digits, and . _ @ -.");
        if (!TokenEndpoints.TryRole(role, out var known)) throw new CommandFailedException(ExitCode.Usage, $"--role is one of {string.Join(", ", TokenEndpoints.RoleWords)}.");
        if (known is not { } person) throw new CommandFailedException(ExitCode.Usage, "A webhook's token stands in webhooks:bearerTokens; make it with: openssl rand -hex 32");
        var token = TokenSecret.Create();
        var stdout = parsed.InvocationConfiguration.Output;
        stdout.WriteLine(token);
        parsed.Say($"The token, shown this once; give it to {name}. The entry for the configuration:\n\nauth:\n  tokens:\n    - name: {name}\n      role: {person}\n      sha256: {TokenSecret.Hash(token)}");
        return ExitCode.Ok;
    }
}

using Microsoft.Extensions.Options;
using Prunella.Auth;
using Prunella.Remediation.Approvals;

namespace Prunella.Hosting;

/// <summary>Makes the first admin's token when nobody has one, and shows it once.</summary>
internal sealed class FirstToken(TokenBook tokens, IOptions<AuthOptions> options, DemoAccess demo, TimeProvider time)
{
    /// <summary>The name of its owner.</summary>
    internal const string Name = "first-admin";

    /// <summary>Where it is shown; stderr, which tests replace.</summary>
    internal TextWriter Output { get; set; } = System.Console.Error;

    internal async Task OfferAsync(CancellationToken cancellation)
    {
        if (demo.Enabled || options.Value.Tokens.Any(token => token.Role == Role.Admin)) return;
        var now = time.GetUtcNow();
        if ((await tokens.ListAsync(cancellation)).Any(token => token.Role == Role.Admin && token.HoldsAt(now))) return;
        if (await tokens.CreateAsync(Name, Role.Admin, expiresAt: null, "prunella", cancellation) is not { } secret) return;
        await Output.WriteLineAsync($"""

            Nobody has an admin token yet. This one is shown once, now:

              export PRUNELLA_TOKEN={secret}

            Make one for each person with "prunella token create NAME --role ROLE", then "prunella token revoke {Name}".

            """);
    }
}

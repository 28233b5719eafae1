using Prunella.Api;
using Prunella.Commands;

namespace Prunella.Demo;

/// <summary>
/// The demo's person on call. Not Prunella and not you: a small program that answers approval requests over the API with a
/// token of its own, as the story wants it. Whoever answers first on the page or the command line wins.
/// </summary>
/// <param name="server">The server.</param>
/// <param name="token">Robin's token; the role is approver.</param>
/// <param name="thinksFor">How long Robin looks at a request, so that you may be first.</param>
/// <param name="time">The clock.</param>
internal sealed class OnCall(Uri server, string token, TimeSpan thinksFor, TimeProvider time)
{
    /// <summary>The name in the ledger.</summary>
    internal const string Name = "robin-the-demo-person";

    /// <summary>What Robin thinks of an action.</summary>
    internal static (bool Approve, string Reason) AnswerTo(string action) => action switch
    {
        "rollback-rollout" => (true, "payment 1.1.0 went out minutes ago; go back"),
        "expand-volume" => (true, "the volume may grow; finance knows"),
        _ => (false, $"I will look at it myself before anyone runs {action}"),
    };

    internal async Task RunAsync(CancellationToken cancellation)
    {
        using var connection = new ServerConnection(server, token);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(300), time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            foreach (var approval in await connection.GetAsync<List<ApprovalView>>("api/v1/approvals?pending=true", cancellation))
            {
                if (time.GetUtcNow() - approval.RequestedAt < thinksFor) continue;
                var (approve, reason) = AnswerTo(approval.Action);
                try
                {
                    await connection.SendAsync<ApprovalView>(HttpMethod.Post, $"api/v1/approvals/{approval.Id}/decision", new DecisionRequest(approve, reason), cancellation);
                }
                catch (CommandFailedException lost) when (lost.Code is ExitCode.Conflict or ExitCode.NotFound)
                {
                    // You were first, or the incident ended.
                }
            }
        }
    }
}

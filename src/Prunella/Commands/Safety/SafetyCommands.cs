using System.CommandLine;
using System.Globalization;
using Prunella.Api;
using Prunella.Commands.Incidents;
using Prunella.Hosting;
using Prunella.Remediation;
using Prunella.Remediation.Stages;
using Spectre.Console;

namespace Prunella.Commands.Safety;

/// <summary><c>prunella breaker</c>, <c>limits</c>, <c>stage</c> and <c>kill-switch</c>.</summary>
internal static class SafetyCommands
{
    internal static Option<string> ReasonOption() => new("--reason", "-r") { Description = "Why, for the ledger.", Required = true, HelpName = "TEXT" };

    internal static Command Breaker() => new("breaker", "See where automation has stopped itself, and let it go on.") { BreakerList(), BreakerReset() };

    internal static Command Stage() => new("stage", "See and set how far automation is trusted.") { StageList(), StageCommands.Status(), StageCommands.Promote(), StageCommands.Demote(), StageSet() };

    internal static Command KillSwitch() => new("kill-switch", "Stop every execution at once.") { Turn("on", true), Turn("off", false), KillSwitchStatus() };

    internal static Command Limits() => new VerbCommand("limits", "Show the bounds in force.").Such("prunella limits", "how much Prunella may do")
        .Asks(async (parsed, server, cancellation) =>
        {
            Output.Print(parsed, await server.GetAsync<RemediationOptions>("api/v1/limits", cancellation), options =>
            {
                var table = Output.Table("limit", "value");
                foreach (var (section, group) in new (string, object)[] { ("gate", options.Gate), ("breaker", options.Breaker), ("engine", options.Engine) })
                    foreach (var key in OptionKey.Of(group.GetType()).Where(key => key.Shape == OptionShape.Scalar))
                        table.Row($"{section}:{key.Key}", Show(key.Property.GetValue(group)));
                return table;
            });
            return ExitCode.Ok;
        });

    private static string Show(object? value) => value switch
    {
        null => "–",
        TimeSpan duration => OptionValue.Write(duration),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static Command BreakerList() => new VerbCommand("list", "List breakers that ever changed, with their phase now.").Such("prunella breaker list", "whether automation has stopped itself")
        .Asks(async (parsed, server, cancellation) =>
        {
            Output.Print(parsed, await server.GetAsync<List<BreakerView>>("api/v1/breakers", cancellation), list =>
            {
                var table = Output.Table("scope", "phase", "since", "opened", "why");
                foreach (var breaker in list) table.Row(breaker.Scope, breaker.Phase, IncidentCommands.Time(breaker.Since), breaker.Opened.ToString(CultureInfo.InvariantCulture), breaker.Why);
                return table;
            });
            return ExitCode.Ok;
        });

    private static Command BreakerReset()
    {
        var scope = new Argument<string>("scope") { Description = "The scope, as list shows it." };
        var reason = ReasonOption();
        return new VerbCommand("reset", "Close a breaker by hand.") { scope, reason }
            .Such("prunella breaker reset namespace/default/shop --reason \"the bad release is gone\"", "lets automation go on in the namespace shop")
            .Asks(async (parsed, server, cancellation) =>
            {
                var state = await server.SendAsync<BreakerView>(HttpMethod.Post, "api/v1/breakers/reset", new BreakerResetRequest(parsed.GetValue(scope), parsed.GetValue(reason)), cancellation);
                Output.Print(parsed, state, one => new Text($"{one.Scope}: {one.Phase}\n"));
                return ExitCode.Ok;
            });
    }

    private static Command StageList() => new VerbCommand("list", "List the stages of scopes.").Such("prunella stage list", "where Prunella only watches and where it acts")
        .Asks(async (parsed, server, cancellation) =>
        {
            Output.Print(parsed, await server.GetAsync<List<StageView>>("api/v1/stages", cancellation), list =>
            {
                var table = Output.Table("scope", "stage", "canary", "by", "since", "why");
                foreach (var stage in list)
                    table.Row(stage.Scope, stage.Stage.ToString(), stage.Stage == Remediation.Stages.Stage.Canary ? $"{stage.CanaryPercent} %" : "–", stage.By, stage.Since is { } at ? IncidentCommands.Time(at) : "–", stage.Why);
                return table;
            });
            return ExitCode.Ok;
        });

    private static Command StageSet()
    {
        var scope = new Argument<string>("scope") { Description = "namespace/class: shop/Safe, shop/*, */NeedsApproval, */*." };
        var stage = new Argument<Stage>("stage") { Description = "shadow, dryrun, canary or full." };
        var percent = new Option<int?>("--percent") { Description = "The share of targets in a canary, 0 to 100." };
        var reason = ReasonOption();
        return new VerbCommand("set", "Set the stage of a scope by hand, whatever its figures say.") { scope, stage, percent, reason }
            .Such("prunella stage set shop/Safe canary --percent 10 --reason \"two weeks of right shadows\"", "acts on a tenth of the targets in shop")
            .Asks(async (parsed, server, cancellation) =>
            {
                var set = await server.SendAsync<StageView>(HttpMethod.Put, "api/v1/stages", new StageRequest(parsed.GetValue(scope), parsed.GetValue(stage), parsed.GetValue(percent), parsed.GetValue(reason)), cancellation);
                Output.Print(parsed, set, one => new Text($"{one.Scope}: {one.Stage}\n"));
                return ExitCode.Ok;
            });
    }

    private static Command Turn(string verb, bool on)
    {
        var reason = ReasonOption();
        return new VerbCommand(verb, on ? "Stop every execution at once, until it is turned off." : "Let executions go on.") { reason }
            .Such($"prunella kill-switch {verb} --reason \"{(on ? "the API server is ill" : "the API server is well again")}\"", on ? "nothing executes from now on" : "Prunella acts again")
            .Asks(async (parsed, server, cancellation) =>
            {
                Output.Print(parsed, await server.SendAsync<KillSwitchView>(HttpMethod.Put, "api/v1/kill-switch", new KillSwitchRequest(on, parsed.GetValue(reason)), cancellation), Describe);
                return ExitCode.Ok;
            });
    }

    private static Command KillSwitchStatus() => new VerbCommand("status", "Whether nothing may execute.").Such("prunella kill-switch status", "who stopped it, when and why")
        .Asks(async (parsed, server, cancellation) =>
        {
            Output.Print(parsed, await server.GetAsync<KillSwitchView>("api/v1/kill-switch", cancellation), Describe);
            return ExitCode.Ok;
        });

    private static Text Describe(KillSwitchView state) => new(Terminal.InertText.Line(state.At is { } at
        ? $"The kill switch is {(state.On ? "ON" : "off")} since {IncidentCommands.Time(at)} by {state.By}: {state.Reason}"
        : "The kill switch is off and was never on.") + "\n");
}

using System.CommandLine;
using Prunella.Logs.Classification;
using Prunella.Logs.Templates;

namespace Prunella.Commands.Logs;

/// <summary><c>prunella logs classify</c>: a person's word on a template, which wins over everything else.</summary>
internal static class ClassifyCommand
{
    internal static Command Create()
    {
        var template = new Argument<string>("template") { Description = "Template id, as 'logs patterns' prints it." };
        var lineClass = new Argument<LineClass>("class") { Description = "Critical, Interesting or Routine." };
        var classes = LogOptions.Classes();
        var command = new Command("classify", "Give a template a class; later runs keep to it.\n\nExamples:\n  prunella logs classify 477d79d1e45dea2d Routine") { template, lineClass, classes };
        command.SetAction(parsed => LogInputs.Guard(parsed, () =>
        {
            var text = parsed.GetRequiredValue(template);
            if (!TemplateId.TryParse(text, out var id))
            {
                parsed.InvocationConfiguration.Error.WriteLine($"{text} is no template id: 16 hexadecimal digits, as 'prunella logs patterns' prints them.");
                return (int)ExitCode.Usage;
            }

            var path = parsed.GetRequiredValue(classes);
            var overrides = ClassOverrides.Load(path);
            overrides.Set(id, parsed.GetRequiredValue(lineClass));
            overrides.Save(path);
            parsed.InvocationConfiguration.Error.WriteLine($"{id} is {parsed.GetRequiredValue(lineClass)} from now on ({path}).");
            return 0;
        }));
        return command;
    }
}

using Prunella.Logs.Classification;
using Severity = Prunella.Logs.Parsing.Severity;

namespace Prunella.Console.Logs;

/// <summary>How levels and classes of lines are said and coloured.</summary>
internal static class LevelWords
{
    internal static string Of(Severity level) => level == Severity.None ? "" : Wording.Lower(level.ToString());

    internal static string Tone(Severity level) => level switch
    {
        Severity.Error or Severity.Fatal => "bad",
        Severity.Warning => "warn",
        Severity.Info or Severity.Notice => "info",
        _ => "",
    };

    internal static string Tone(LineClass lineClass) => lineClass switch { LineClass.Critical => "bad", LineClass.Interesting => "warn", _ => "" };
}

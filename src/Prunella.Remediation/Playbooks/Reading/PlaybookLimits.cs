namespace Prunella.Remediation.Playbooks.Reading;

/// <summary>What a playbook file may be at most. Beyond, it is refused: nobody writes such a file by hand, and a bomb is one.</summary>
internal static class PlaybookLimits
{
    internal const int FileBytesMax = 256 * 1024;
    internal const int FilesMax = 512;
    internal const int DocumentsMax = 64;
    internal const int DepthMax = 24;

    /// <summary>Nodes of a document with every alias written out.</summary>
    internal const int NodesMax = 20_000;
    internal const int ScalarCharactersMax = 16 * 1024;
    internal const int QueryCharactersMax = 4 * 1024;
    internal const int ConditionsMax = 64;
    internal const int ActionsMax = 16;
    internal const int ProblemsMax = 200;

    internal static readonly TimeSpan LongestDuration = TimeSpan.FromDays(90);
}

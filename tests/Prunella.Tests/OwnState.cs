using System.Runtime.CompilerServices;

namespace Prunella.Tests;

/// <summary>What commands keep for the person who runs them goes elsewhere in tests.</summary>
internal static class OwnState
{
    [ModuleInitializer]
    internal static void Redirect() => Environment.SetEnvironmentVariable("XDG_STATE_HOME", Directory.CreateTempSubdirectory("prunella-state-").FullName);
}

namespace Prunella.Logs.Tests.Archive;

/// <summary>A path that no file has yet; the file is deleted at the end.</summary>
internal sealed class TemporaryFile : IDisposable
{
    internal string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "prunella-" + System.IO.Path.GetRandomFileName());

    public void Dispose() => File.Delete(Path);
}

using System.CommandLine;

namespace Prunella.Commands.Logs;

/// <summary>Where a command writes bytes as they are: standard output, or the writer that stands for it.</summary>
internal static class ByteOutput
{
    internal static Stream Open(ParseResult parsed)
    {
        var writer = parsed.InvocationConfiguration.Output;
        return ReferenceEquals(writer, System.Console.Out) ? new BufferedStream(System.Console.OpenStandardOutput(), 1 << 16) : new WriterStream(writer);
    }

    private sealed class WriterStream(TextWriter writer) : MemoryStream
    {
        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                writer.Write(System.Text.Encoding.UTF8.GetString(GetBuffer(), 0, (int)Length));
            }

            base.Dispose(disposing);
        }
    }
}

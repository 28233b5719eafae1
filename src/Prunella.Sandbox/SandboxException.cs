namespace Prunella.Sandbox;

/// <summary>The sandbox was asked for something it cannot do; the message says what, where and why.</summary>
public sealed class SandboxException : Exception
{
    public SandboxException() { }
    public SandboxException(string message) : base(message) { }
    public SandboxException(string message, Exception inner) : base(message, inner) { }
}

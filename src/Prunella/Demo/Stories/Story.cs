using Prunella.Incidents;

namespace Prunella.Demo.Stories;

/// <summary>One fault with what it strikes and how it has to end.</summary>
/// <param name="Title">What happens, for people.</param>
/// <param name="Target">What it strikes.</param>
/// <param name="Alert">The alert that it raises first, which tells its incident from others of the same target.</param>
/// <param name="Break">Injects it.</param>
/// <param name="Mend">What a person does when Prunella does not, or what ends the cause; may do nothing.</param>
/// <param name="Expected">How it has to end.</param>
internal sealed record Story(string Title, Target Target, string Alert, Action<DemoWorld> Break, Action<DemoWorld> Mend, Expectation Expected);

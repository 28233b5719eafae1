namespace Prunella.Reasoning.Providers;

/// <summary>The protocol that a provider speaks.</summary>
public enum ProviderKind
{
    /// <summary>Anthropic's Messages API.</summary>
    Anthropic,

    /// <summary>OpenAI's chat completions, which Ollama, vLLM and llama.cpp speak as well.</summary>
    OpenAi,

    /// <summary>OpenAI's chat completions at Azure, with its <c>api-key</c> header. The model is the deployment's name.</summary>
    Azure,
}

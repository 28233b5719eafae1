using System.ComponentModel.DataAnnotations;

namespace Prunella.Reasoning.Providers;

/// <summary>Where models are reached.</summary>
public sealed class ProviderOptions
{
    /// <summary>The protocol it speaks.</summary>
    /// <value>Default Anthropic.</value>
    public ProviderKind Kind { get; set; } = ProviderKind.Anthropic;

    /// <summary>The address: needed for Azure (<c>https://NAME.openai.azure.com/openai/v1</c>) and for servers of your own (<c>http://localhost:11434/v1</c>).</summary>
    /// <value>Default the vendor's own.</value>
    public string Endpoint { get; set; } = "";

    /// <summary>Where the key is kept, never the key itself: env:NAME, file:PATH, azure-key-vault:…, vault:… or aws:….</summary>
    /// <value>Default none, for servers that want none.</value>
    [RegularExpression(@"^$|^(env|file|azure-key-vault|vault|aws):\S.*$")] public string Credential { get; set; } = "";

    /// <summary>How long one try may take.</summary>
    /// <value>Default 30 s.</value>
    [Range(typeof(TimeSpan), "00:00:00.1000000", "00:10:00")] public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Tries after the first, for limits, overload and broken connections.</summary>
    /// <value>Default 2; 0 to 5.</value>
    [Range(0, 5)] public int RetriesMax { get; set; } = 2;

    /// <summary>Calls under way at once; more wait.</summary>
    /// <value>Default 4; 1 to 64.</value>
    [Range(1, 64)] public int CallsMax { get; set; } = 4;

    /// <summary>The largest answer that is read; a longer one is refused.</summary>
    /// <value>Bytes. Default 262 144; 1 024 to 16 777 216.</value>
    [Range(1_024, 16_777_216)] public int AnswerBytesMax { get; set; } = 262_144;

    /// <summary>The address in force.</summary>
    internal Uri Address => Endpoint.Length > 0 ? new Uri(Endpoint.EndsWith('/') ? Endpoint : Endpoint + "/") : Kind == ProviderKind.Anthropic ? DefaultModels.AnthropicAddress : DefaultModels.OpenAiAddress;

    internal string? Problem()
    {
        if (Endpoint.Length > 0 && !(Uri.TryCreate(Endpoint, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.UserInfo.Length == 0 && address.Query.Length == 0))
            return $"endpoint: expected an absolute http or https URL without user, password and query, found \"{Endpoint}\"";
        if (Kind == ProviderKind.Azure && Endpoint.Length == 0) return "endpoint: Azure needs the address of the resource, https://NAME.openai.azure.com/openai/v1";
        if (Endpoint.Length > 0 && new Uri(Endpoint) is { Scheme: "http", IsLoopback: false } && Credential.Length > 0)
            return "endpoint: a key would travel unencrypted; use https, or leave credential out";
        if (Credential.Length == 0 && (Kind != ProviderKind.OpenAi || Endpoint.Length == 0)) return "credential: it is missing; it says where the key is kept, such as env:ANTHROPIC_API_KEY";
        return null;
    }
}

using System.CommandLine.Parsing;

namespace Prunella.Commands;

/// <summary>Reads the value of an option that is an address; the command line's own reader knows no <see cref="Uri"/>.</summary>
internal static class AddressOption
{
    /// <summary>The address; an error of the command line where it is none of HTTP.</summary>
    internal static Uri? Read(ArgumentResult result)
    {
        var text = result.Tokens[^1].Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)) return address;
        result.AddError($"\"{text}\" is no address; expected one such as https://search:9200.");
        return null;
    }
}

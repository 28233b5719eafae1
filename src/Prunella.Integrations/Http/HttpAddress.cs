namespace Prunella.Integrations.Http;

/// <summary>Addresses below the one that a configuration gives, with or without a slash at its end.</summary>
internal static class HttpAddress
{
    /// <summary>The address of a path below another.</summary>
    internal static Uri Below(Uri root, string path) => new(root.AbsoluteUri.EndsWith('/') ? root.AbsoluteUri + path : $"{root.AbsoluteUri}/{path}");
}

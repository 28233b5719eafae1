using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace Prunella.Console;

/// <summary>Keys that live as long as the process. Nothing that must survive a restart is sealed with them: sessions are in the store. Thread-safe.</summary>
internal sealed class ForgottenKeys : IXmlRepository
{
    private readonly Lock gate = new();
    private readonly List<XElement> keys = [];

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        lock (gate) return [.. keys];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        lock (gate) keys.Add(element);
    }

    /// <summary>They never leave the process, so nothing encrypts them.</summary>
    internal sealed class Plain : IXmlEncryptor
    {
        public EncryptedXmlInfo Encrypt(XElement plaintextElement) => new(new XElement(plaintextElement), typeof(NullXmlDecryptor));
    }
}

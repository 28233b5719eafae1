namespace Prunella.Integrations.Webhook;

/// <summary>How a vendor of messages is reached.</summary>
public abstract class MessageVendorOptions
{
    private protected MessageVendorOptions()
    {
    }

    /// <summary>How long one request may take.</summary>
    /// <value>Default 10 s.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A PEM file of the authorities to trust in place of the system's.</summary>
    /// <value>Default the system's.</value>
    public string AuthorityFile { get; set; } = "";

    /// <summary>Everything wrong, each with key and allowed values; empty when usable.</summary>
    public abstract IReadOnlyList<string> Problems();

    private protected OptionProblems VendorProblems(string section) => new OptionProblems(section)
        .Within(nameof(Timeout), Timeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(2))
        .Readable(nameof(AuthorityFile), AuthorityFile);
}

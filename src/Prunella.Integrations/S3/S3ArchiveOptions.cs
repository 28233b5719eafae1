using System.ComponentModel.DataAnnotations;

namespace Prunella.Integrations.S3;

/// <summary>An S3-compatible store that closed archives are copied to.</summary>
public sealed class S3ArchiveOptions
{
    /// <summary>Its address, e.g. <c>https://s3.eu-central-1.amazonaws.com</c> or <c>http://minio:9000</c>; without it nothing is copied.</summary>
    public Uri? Url { get; set; }

    /// <summary>The bucket, which exists; addressed as the first part of the path.</summary>
    [RegularExpression("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$|^$")] public string Bucket { get; set; } = "";

    /// <summary>What names begin with, e.g. <c>prunella/logs/</c>.</summary>
    /// <value>Default empty.</value>
    [RegularExpression("^[A-Za-z0-9_./-]{0,500}$")] public string Prefix { get; set; } = "";

    /// <summary>The region that signatures name.</summary>
    /// <value>Default <c>us-east-1</c>.</value>
    [MinLength(1)] public string Region { get; set; } = "us-east-1";

    /// <summary>The id of the access key.</summary>
    public string AccessKey { get; set; } = "";

    /// <summary>The secret of the access key; better in <see cref="SecretKeyFile"/>.</summary>
    public string SecretKey { get; set; } = "";

    /// <summary>A file with the secret, read again for each request.</summary>
    /// <value>Default none.</value>
    public string SecretKeyFile { get; set; } = "";

    /// <summary>How long one copy may take.</summary>
    /// <value>Default 10 minutes.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>A PEM file of the authorities to trust in place of the system's.</summary>
    /// <value>Default the system's.</value>
    public string AuthorityFile { get; set; } = "";

    internal IReadOnlyList<string> Problems(string section) => new OptionProblems(section)
        .HttpUrl(nameof(Url), Url)
        .Check(nameof(Url), Url is null || Url.Query.Length == 0, "must have no query")
        .Check(nameof(Bucket), Bucket.Length > 0, "is needed")
        .Check(nameof(AccessKey), AccessKey.Length > 0, "is needed")
        .Check(nameof(SecretKey), (SecretKey.Length > 0) != (SecretKeyFile.Length > 0), "or SecretKeyFile is needed, one of them")
        .Within(nameof(Timeout), Timeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(6))
        .Readable(nameof(SecretKeyFile), SecretKeyFile)
        .Readable(nameof(AuthorityFile), AuthorityFile).All;
}

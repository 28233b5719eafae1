using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Prunella.Commands;
using Prunella.Integrations.Http;

namespace Prunella.Logs;

/// <summary>What syslog over TLS shows and asks for, from its files.</summary>
internal static class SyslogTls
{
    /// <exception cref="CommandFailedException">A file is missing or holds no certificate or key.</exception>
    internal static SslServerAuthenticationOptions Read(LogIngestOptions options)
    {
        if (options.SyslogTlsCertificateFile.Length == 0) throw new CommandFailedException(ExitCode.Configuration, "logs:ingest:syslogTlsCertificateFile is needed for logs:ingest:syslogTlsPort.");
        try
        {
            var keyFile = options.SyslogTlsKeyFile.Length > 0 ? options.SyslogTlsKeyFile : options.SyslogTlsCertificateFile;
            var certificate = X509Certificate2.CreateFromPemFile(options.SyslogTlsCertificateFile, keyFile);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(options.SyslogTlsCertificateFile);
            var security = new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(certificate, chain, offline: true) };
            if (options.SyslogTlsClientAuthorityFile.Length == 0) return security;
            security.ClientCertificateRequired = true;
            security.CertificateChainPolicy = Authorities.PolicyOf(options.SyslogTlsClientAuthorityFile);
            return security;
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new CommandFailedException(ExitCode.Configuration, $"logs:ingest:syslogTls…File: {wrong.Message}");
        }
    }
}

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using k8s;
using Prunella.Kubernetes.Connection;

namespace Prunella.Kubernetes.Tests.Connection;

public sealed class KubeconfigFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("prunella-kubeconfig-").FullName;

    private const string Two = """
        apiVersion: v1
        kind: Config
        preferences: { colors: true }
        current-context: night
        clusters:
          - name: one
            cluster: { server: "https://127.0.0.1:6443", insecure-skip-tls-verify: true }
          - name: two
            cluster: { server: "https://127.0.0.1:7443", tls-server-name: api.example, certificate-authority: ca.pem }
        users:
          - name: person
            user: { token: t-123 }
          - name: machine
            user: { username: ana, password: p-456 }
        contexts:
          - name: night
            context: { cluster: one, user: person, namespace: shop }
          - name: day
            context: { cluster: two, user: machine }
        extensions: [ { name: kept, extension: { by: another tool } } ]
        """;

    [Theory]
    [InlineData(null)]
    [InlineData("night")]
    [InlineData("day")]
    public void Read_Context_IsWhatTheClientLibraryReads(string? context)
    {
        using var key = RSA.Create(2_048);
        using var authority = new CertificateRequest("CN=ca", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2036, 1, 1, 0, 0, 0, TimeSpan.Zero));
        File.WriteAllText(Path.Combine(folder, "ca.pem"), authority.ExportCertificatePem());
        var path = Write(Two.Replace("extensions: [ { name: kept, extension: { by: another tool } } ]", "", StringComparison.Ordinal));

        var read = KubeconfigFile.Read(path, context);

        var library = KubernetesClientConfiguration.BuildConfigFromConfigFile(path, context);
        (read.Username, read.Password, read.SslCaCerts?.Count).ShouldBe((library.Username, library.Password, library.SslCaCerts?.Count));
        (read.Host, read.AccessToken, read.Namespace, read.CurrentContext, read.SkipTlsVerify, read.TlsServerName).ShouldBe((library.Host, library.AccessToken, library.Namespace, library.CurrentContext, library.SkipTlsVerify, library.TlsServerName));
        read.Host.ShouldBe(context == "day" ? "https://127.0.0.1:7443" : "https://127.0.0.1:6443");
        (read.SslCaCerts?.Count ?? 0).ShouldBe(context == "day" ? 1 : 0, "a file named beside the kubeconfig is found");
    }

    [Fact]
    public void CreateClient_ContextThatIsNotThere_NamesIt() =>
        Should.Throw<ClusterConfigurationException>(() => ClusterConnection.CreateClient(new KubernetesOptions { Kubeconfig = Write(Two), Context = "noon" })).Message.ShouldContain("noon");

    [Theory]
    [InlineData("")]
    [InlineData("clusters: [ unclosed")]
    [InlineData("- a\n- list")]
    public void CreateClient_WhatIsNoKubeconfig_SaysSo(string content) =>
        Should.Throw<ClusterConfigurationException>(() => ClusterConnection.CreateClient(new KubernetesOptions { Kubeconfig = Write(content) })).Message.ShouldContain("kubeconfig");

    private string Write(string content)
    {
        var path = Path.Combine(folder, "config");
        File.WriteAllText(path, content);
        return path;
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}

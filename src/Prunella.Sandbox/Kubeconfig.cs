namespace Prunella.Sandbox;

/// <summary>Writes the client configuration of a sandbox.</summary>
internal static class Kubeconfig
{
    public static string For(Uri address) => $"""
        apiVersion: v1
        kind: Config
        clusters:
        - name: prunella-sandbox
          cluster:
            server: {address.GetLeftPart(UriPartial.Authority)}
        contexts:
        - name: prunella-sandbox
          context:
            cluster: prunella-sandbox
            user: sandbox
            namespace: default
        current-context: prunella-sandbox
        users:
        - name: sandbox
          user:
            token: any-token-will-do # clients insist on credentials; the sandbox asks for none

        """;
}

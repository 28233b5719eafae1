using System.Net;
using System.Net.Sockets;

namespace Prunella.EndToEnd.Processes;

/// <summary>Ports of this machine that nothing listens on.</summary>
internal static class LoopbackPort
{
    /// <summary>A free port. Another program could take it before it is used; the start then fails and says so.</summary>
    internal static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

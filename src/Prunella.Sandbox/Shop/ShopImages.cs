using Prunella.Sandbox.Behaviours;

namespace Prunella.Sandbox.Shop;

/// <summary>What the shop's images do.</summary>
internal static class ShopImages
{
    private const long Mebibyte = 1L << 20;

    public static void Register(BehaviourRegistry behaviours)
    {
        behaviours.Add("shop/frontend:1.0.0", Service(80, 120, 0.002) with
        {
            DependsOn = ["api-server"], LogLines = ["level=info msg=\"GET /\" status=200 ms=18", "level=info msg=\"GET /cart\" status=200 ms=25"],
        });
        behaviours.Add("shop/api-server:1.0.0", Service(120, 90, 0.002) with
        {
            DependsOn = ["auth"], ConnectionsMax = 50, ConnectionsPerRequest = 0.3, LogLines = ["level=info msg=\"GET /api/orders\" status=200 ms=31"],
            ErrorLogLines = ["level=error msg=\"could not get a connection from the pool\" error=\"timeout after 5s\" in_use=50 max=50"],
        });
        behaviours.Add("shop/auth:1.0.0", Service(60, 40, 0.002) with
        {
            RequiredEnvironment = ["JWT_ISSUER"], LogLines = ["level=info msg=\"token issued\" subject=customer ms=4"],
        });
        behaviours.Add("shop/payment:1.0.0", Service(90, 20, 0.004) with { LogLines = ["level=info msg=\"payment authorised\" amount=42.10 currency=EUR ms=87"] });
        behaviours.Add("shop/payment:1.1.0", Service(90, 20, 0.004) with
        {
            ErrorRate = 0.35, ErrorLogLines = ["level=error msg=\"payment failed\" error=\"unsupported currency precision: NaN\" status=500"],
        });
        behaviours.Add("shop/catalog:1.0.0", Service(150, 60, 0.009) with { LogLines = ["level=info msg=\"GET /products\" status=200 ms=44"] });
        behaviours.Add("shop/recommendation:1.0.0", Service(120, 30, 0.003) with { LogLines = ["level=info msg=\"model served\" items=12 ms=61"] });
        behaviours.Add("shop/redis:7", Service(64, 200, 0.0003) with { IsCache = true, StartLog = "Ready to accept connections tcp", LogLines = ["100 changes in 300 seconds. Saving..."] });
        behaviours.Add("shop/postgres:16", Service(300, 80, 0.003) with
        {
            StartLog = "LOG:  database system is ready to accept connections", LogLines = ["LOG:  checkpoint complete: wrote 312 buffers (1.9%)"], ReadyAfter = TimeSpan.FromSeconds(2),
        });
    }

    private static AppBehaviour Service(long mebibytes, double requests, double cores) => new()
    {
        MemoryBytes = mebibytes * Mebibyte, RequestsPerSecond = requests, CpuCoresPerRequest = cores, CpuIdleCores = 0.02, ReadyAfter = TimeSpan.FromSeconds(1), LogEvery = TimeSpan.FromSeconds(5),
    };
}

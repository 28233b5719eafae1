using Prunella.Auth;
using Prunella.Webhooks;

namespace Prunella.Otlp;

/// <summary>Maps the two doors of an intake.</summary>
internal static class OtlpEndpoints
{
    /// <summary>OTLP/HTTP at the path, and OTLP/gRPC at the intake's method.</summary>
    internal static IEndpointConventionBuilder MapOtlp(this IEndpointRouteBuilder endpoints, IOtlpIntake intake, string path)
    {
        var guard = endpoints.ServiceProvider.GetRequiredService<WebhookGuard>();
        var loggers = endpoints.ServiceProvider.GetRequiredService<ILoggerFactory>();
        var grpc = new OtlpGrpcReceiver(intake, guard, loggers.CreateLogger<OtlpGrpcReceiver>());
        var http = new OtlpHttpReceiver(intake, guard, loggers.CreateLogger<OtlpHttpReceiver>());
        endpoints.MapPost(intake.GrpcPath, grpc.ReceiveAsync).Needs(Access.Sender).ExcludeFromDescription();
        return endpoints.MapPost(path, http.ReceiveAsync).Needs(Access.Sender);
    }
}

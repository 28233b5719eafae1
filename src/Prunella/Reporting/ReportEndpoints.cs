using Prunella.Api;
using Prunella.Auth;
using Prunella.Remediation.Approvals;

namespace Prunella.Reporting;

/// <summary>The report over the API.</summary>
internal static class ReportEndpoints
{
    internal static IServiceCollection AddReport(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ReportOptions>().Bind(configuration.GetSection(ReportOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        return services.AddSingleton<ReportReader>();
    }

    internal static void MapReport(this IEndpointRouteBuilder api) => api.MapGet("/report", ReadAsync).Needs(Role.Viewer).WithTags("Report")
        .WithName("GetReport").WithSummary("What happened in the last days, against as many before; as=markdown, html or csv gives text").Answers<OperationsReport>(400);

    private static async Task<IResult> ReadAsync(ReportReader reader, int? days, string? @as, CancellationToken cancellation)
    {
        if (days is < 1 or > 366) return Answers.Bad("\"days\" has to be from 1 to 366.");
        var report = await reader.ReadAsync(days ?? 30, cancellation);
        return @as switch
        {
            null or "json" => Results.Json(report),
            "markdown" => Results.Text(ReportText.Markdown(report), "text/markdown", System.Text.Encoding.UTF8),
            "html" => Results.Text(ReportText.Html(report), "text/html", System.Text.Encoding.UTF8),
            "csv" => Results.Text(ReportText.Csv(report), "text/csv", System.Text.Encoding.UTF8),
            _ => Answers.Bad("\"as\" has to be json, markdown, html or csv."),
        };
    }
}

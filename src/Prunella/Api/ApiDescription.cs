using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Prunella.Auth;

namespace Prunella.Api;

/// <summary>Adds to the OpenAPI document what the endpoints do not say themselves: title, and which role each needs.</summary>
internal static class ApiDescription
{
    private const string SchemeName = "token";

    internal static IServiceCollection AddApiDescription(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = "Prunella", Version = "v1", Description = "Incidents, approvals, safety switches and the ledger of Prunella. Problems are answered as RFC 9457 describes." };
            document.Servers = [];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes[SchemeName] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A token made by: prunella token create" };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer(DescribeAccess);
    });

    private static Task DescribeAccess(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        var access = context.Description.ActionDescriptor.EndpointMetadata.OfType<Access>().LastOrDefault();
        if (access?.Role is not { } role) return Task.CompletedTask;
        operation.Description = $"Needs the role {role} or above.";
        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(SchemeName, context.Document)] = [] }];
        return Task.CompletedTask;
    }
}

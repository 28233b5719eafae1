namespace Prunella.Api;

/// <summary>Says in one call what an endpoint answers, for the OpenAPI document.</summary>
internal static class EndpointAnswers
{
    internal static RouteHandlerBuilder Answers<T>(this RouteHandlerBuilder endpoint, params ReadOnlySpan<int> problems)
    {
        endpoint.Produces<T>();
        return endpoint.Answers(problems);
    }

    internal static RouteHandlerBuilder Answers(this RouteHandlerBuilder endpoint, params ReadOnlySpan<int> problems)
    {
        foreach (var status in problems) endpoint.ProducesProblem(status);
        return endpoint;
    }
}

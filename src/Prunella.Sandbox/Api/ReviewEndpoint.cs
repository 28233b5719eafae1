using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Prunella.Sandbox.Json;

namespace Prunella.Sandbox.Api;

/// <summary>Access reviews: the sandbox has no authorisation, so everything is allowed.</summary>
internal static class ReviewEndpoint
{
    public static async Task AnswerAsync(HttpContext context, ApiPath path)
    {
        if (path.Version != "v1" || path.Plural is not ("selfsubjectaccessreviews" or "subjectaccessreviews" or "selfsubjectrulesreviews"))
            throw new ApiStatusException(ApiStatus.NoSuchResource());
        if (context.Request.Method != "POST") throw new ApiStatusException(ApiStatus.MethodNotAllowed());
        if (ApiExchange.Parse(await context.ReadBodyAsync(), context.Request.ContentType) is not JsonObject body) throw new ApiStatusException(ApiStatus.BadRequest("the body must be an object"));
        if (path.Plural == "selfsubjectrulesreviews")
        {
            var everything = new JsonObject { ["verbs"] = new JsonArray("*"), ["apiGroups"] = new JsonArray("*"), ["resources"] = new JsonArray("*") };
            body["status"] = new JsonObject { ["incomplete"] = false, ["nonResourceRules"] = new JsonArray(), ["resourceRules"] = new JsonArray(everything) };
        }
        else body["status"] = new JsonObject { ["allowed"] = true, ["reason"] = "the sandbox allows everything" };
        body.SetDefault("apiVersion", "authorization.k8s.io/v1");
        body.SetDefault("kind", path.Plural switch { "selfsubjectrulesreviews" => "SelfSubjectRulesReview", "subjectaccessreviews" => "SubjectAccessReview", _ => "SelfSubjectAccessReview" });
        await context.WriteJsonAsync(201, body);
    }
}

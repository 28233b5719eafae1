using System.Net;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Prunella.Auth;
using Prunella.Console;
using Prunella.Incidents;
using Prunella.Mcp;
using Prunella.Remediation.Approvals;
using Prunella.Remediation.Storage;
using Prunella.Tests.Commands;

namespace Prunella.Tests.Auth;

/// <summary>
/// A reader changes nothing, on any surface: every address that the server has, every method that takes a person, everything that a page
/// is given, every tool. What is added later is found here by itself.
/// </summary>
public sealed partial class ViewerTests
{
    private static readonly Person Viewer = new("vera", Role.Viewer);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("viewer's token")]
    [InlineData("viewer's session")]
    [InlineData("nobody")]
    [InlineData("expired token")]
    [InlineData("expired session")]
    [InlineData("revoked token")]
    [InlineData("session that was signed out")]
    public async Task EveryAddress_ByEveryVerb_LeavesEverythingAsItWas(string who)
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await RunningServer.StartAsync([new("auth:failuresPerMinuteMax", "10000"), new("mcp:requestsPerMinuteMax", "10000")], time: time);
        await CommandTests.OpenAsync(server, "it burns");
        using var client = await ClientAsync(server, who, time);
        var holds = who.StartsWith("viewer", StringComparison.Ordinal);
        var before = await StateOf.ReadAsync(server);
        var walked = 0;

        foreach (var (path, access) in Addresses(server))
        {
            foreach (var method in (string[])["GET", "POST", "PUT", "PATCH", "DELETE"])
            {
                foreach (var form in (bool[])[false, true])
                {
                    using var request = new HttpRequestMessage(new HttpMethod(method), path);
                    if (method is "POST" or "PUT" or "PATCH") request.Content = form ? new FormUrlEncodedContent([KeyValuePair.Create("token", "prn_x"), KeyValuePair.Create("to", "/")]) : new StringContent("{}", Encoding.UTF8, "application/json");
                    else if (form) continue;
                    using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
                    if (access.Role is not null && !holds) answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, $"{who}: {method} {path}");
                    if (access.Role > Role.Viewer && method != "GET") answer.IsSuccessStatusCode.ShouldBeFalse($"{who}: {method} {path}");
                    walked++;
                }
            }
        }

        walked.ShouldBeGreaterThan(300);
        (await StateOf.ReadAsync(server)).ShouldBe(before, who);
    }

    [Fact]
    public async Task Cookie_IsOfNoUseWhereATokenIsAsked_AndAnotherSiteCannotUseIt()
    {
        await using var server = await RunningServer.StartAsync();
        var admin = (await server.Services.GetRequiredService<SessionBook>().OpenAsync((await server.Services.GetRequiredService<TokenBook>().CreateAsync("ada", Role.Admin, null, "test", Cancellation))!, Cancellation))!.Value.Cookie;
        using var client = With(server, cookie: admin);
        var before = await StateOf.ReadAsync(server);

        foreach (var (path, access) in Addresses(server))
        {
            foreach (var origin in (string?[])[null, "https://evil.example", "null"])
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = path is "/sign-in" or "/sign-out" ? new FormUrlEncodedContent([]) : new StringContent("{}", Encoding.UTF8, "application/json") };
                if (origin is not null) request.Headers.Add("Origin", origin);
                using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
                if (access.Role is not null) answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, $"{path} took a cookie, which a browser sends by itself");
                if (path is "/sign-in" or "/sign-out") answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden, $"{path} from {origin ?? "no origin"}");
                if (origin is not null && ReferenceEquals(access, Access.Console)) answer.StatusCode.ShouldBeOneOf(HttpStatusCode.Unauthorized, HttpStatusCode.MethodNotAllowed);
            }
        }

        (await StateOf.ReadAsync(server)).ShouldBe(before);
    }

    [Fact]
    public async Task EveryMethodThatTakesAPerson_RefusesAViewer()
    {
        await using var server = await RunningServer.StartAsync();
        var incident = await CommandTests.OpenAsync(server, "it burns");
        var approval = new Approval { Id = new ApprovalId(Guid.NewGuid()), Incident = incident.Id, Digest = "d", Action = "restart-pod", Target = incident.Target, Recommendation = "r", RequestedAt = incident.NoticedAt, ExpiresAt = incident.NoticedAt.AddDays(1) };
        await server.Store.CommitAsync(new StoreChange { Approvals = [approval] }, Cancellation);
        var before = await StateOf.ReadAsync(server);
        var called = new List<string>();

        foreach (var method in Assemblies().SelectMany(assembly => assembly.GetTypes()).SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)).Where(TakesAPerson))
        {
            var name = $"{method.DeclaringType!.Name}.{method.Name}";
            server.Services.GetService(method.DeclaringType).ShouldNotBeNull($"{name} takes a Person, and this test cannot reach it");
            var arguments = method.GetParameters().Select(parameter => Argument(parameter, incident, approval)).ToArray();
            try
            {
                var running = (Task)method.Invoke(server.Services.GetRequiredService(method.DeclaringType), arguments)!;
                await running;
                var result = running.GetType().GetProperty("Result")!.GetValue(running);
                (result as ApprovalAnswer)?.Kind.ShouldBe(ApprovalAnswerKind.NotEntitled, name);
                if (result is not ApprovalAnswer) Assert.Fail($"{name} did not refuse a viewer");
            }
            catch (Exception refused) when ((refused as TargetInvocationException)?.InnerException is NotEntitledException || refused is NotEntitledException)
            {
                // As it should.
            }
            called.Add(name);
        }

        called.Count.ShouldBeGreaterThanOrEqualTo(10, string.Join(", ", called));
        (await StateOf.ReadAsync(server)).ShouldBe(before);
    }

    [Fact]
    public void WhatPagesAreGiven_WritesOnlyForAPerson()
    {
        var sources = Directory.GetFiles(Path.Combine(Checkout.Root, "src"), "*.cs", SearchOption.AllDirectories).Where(path => !path.Contains("/obj/", StringComparison.Ordinal)).ToDictionary(path => path, File.ReadAllText);
        var given = typeof(Visitor).Assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(IComponent)))
            .SelectMany(type => type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)).Where(property => property.GetCustomAttribute<InjectAttribute>() is not null)
            .SelectMany(property => property.PropertyType.GetGenericArguments().Append(property.PropertyType)).Where(type => type.IsClass && Assemblies().Contains(type.Assembly)).Distinct().ToList();
        var writers = given.Where(type => sources.Values.Any(text => Regex.IsMatch(text, $@"\b(class|record) {Regex.Escape(type.Name)}\b") && WritingCall().IsMatch(text))).ToList();

        given.Count.ShouldBeGreaterThan(10);
        writers.Count.ShouldBeGreaterThanOrEqualTo(5, "the desks of approvals, stages, breakers, reviews and the switch, at least");
        foreach (var writer in writers)
            writer.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly).Any(TakesAPerson).ShouldBeTrue($"{writer.Name} is given to a page and writes without being told for whom");
    }

    [Fact]
    public void Writing_IsNotCalledFromPagesAndTools()
    {
        foreach (var folder in (string[])["Console", "Mcp"])
        {
            var files = Directory.GetFiles(Path.Combine(Checkout.Root, "src", "Prunella", folder), "*.*", SearchOption.AllDirectories).Where(path => path.EndsWith(".cs", StringComparison.Ordinal) || path.EndsWith(".razor", StringComparison.Ordinal)).ToList();
            files.Count.ShouldBeGreaterThan(5);
            foreach (var file in files) WritingCall().IsMatch(File.ReadAllText(file)).ShouldBeFalse($"{file} writes to the store by itself; a service that asks for the role has to");
        }
    }

    [Fact]
    public async Task EveryTool_ButTheOneThatAsksForMore_LeavesEverythingAsItWas()
    {
        await using var server = await RunningServer.StartAsync();
        var incident = await CommandTests.OpenAsync(server, "it burns");
        var tools = DoorTools.All(server.Services);
        var before = await StateOf.ReadAsync(server);

        foreach (var tool in tools)
        {
            if (!tool.ReadsOnly) ((int)tool.Needs).ShouldBeGreaterThan((int)Role.Viewer, tool.Name);
            var arguments = tool.Parameters.Where(parameter => parameter.Required).ToDictionary(parameter => parameter.Name, parameter => System.Text.Json.JsonSerializer.SerializeToElement(parameter.Name == "incident" ? incident.Id.Short : "restart-pod"));
            try
            {
                await tool.CallAsync(new ToolCall(Viewer, arguments), Cancellation);
            }
            catch (NotEntitledException)
            {
                tool.ReadsOnly.ShouldBeFalse(tool.Name);
            }
        }

        (await StateOf.ReadAsync(server)).ShouldBe(before);
    }

    private static async Task<HttpClient> ClientAsync(RunningServer server, string who, Microsoft.Extensions.Time.Testing.FakeTimeProvider time)
    {
        var book = server.Services.GetRequiredService<TokenBook>();
        var sessions = server.Services.GetRequiredService<SessionBook>();
        if (who == "nobody") return With(server);
        // What no longer holds was an admin's: it must not be of use for what it once allowed.
        var holds = who.StartsWith("viewer", StringComparison.Ordinal);
        var token = (await book.CreateAsync("vera", holds ? Role.Viewer : Role.Admin, who.StartsWith("expired", StringComparison.Ordinal) ? time.GetUtcNow().AddHours(1) : null, "test", Cancellation))!;
        var cookie = who.Contains("session", StringComparison.Ordinal) ? (await sessions.OpenAsync(token, Cancellation))!.Value.Cookie : null;
        if (who.StartsWith("expired", StringComparison.Ordinal)) time.Advance(TimeSpan.FromHours(2));
        if (who == "revoked token") await book.RevokeAsync("vera", "test", Cancellation);
        if (who == "session that was signed out") await sessions.CloseAsync(cookie!, Cancellation);
        return cookie is null ? With(server, token) : With(server, cookie: cookie);
    }

    private static HttpClient With(RunningServer server, string? token = null, string? cookie = null)
    {
        var client = new HttpClient(new HttpClientHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = server.Address };
        if (token is not null) client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        if (cookie is not null) client.DefaultRequestHeaders.Add("Cookie", $"prunella={cookie}");
        return client;
    }

    private static IEnumerable<(string Path, Access Access)> Addresses(RunningServer server) =>
        EndpointAccessTests.EndpointsOf(server).Select(endpoint => (EndpointAccessTests.PathOf(endpoint), endpoint.Metadata.GetMetadata<Access>()!)).Distinct();

    private static IEnumerable<Assembly> Assemblies() => AppDomain.CurrentDomain.GetAssemblies().Where(assembly => assembly.GetName().Name is { } name && (name == "prunella" || (name.StartsWith("Prunella.", StringComparison.Ordinal) && !name.EndsWith("Tests", StringComparison.Ordinal))));

    // Lambdas that the compiler made, records' own methods and what only carries a person through are not doors.
    private static bool TakesAPerson(MethodInfo method) =>
        !method.IsPrivate && method.DeclaringType is { IsAbstract: false } type && !type.Name.Contains('<', StringComparison.Ordinal) && method.ReturnType.IsAssignableTo(typeof(Task)) && method.GetParameters().Any(parameter => parameter.ParameterType == typeof(Person));

    private static object? Argument(ParameterInfo parameter, Incident incident, Approval approval) => parameter.ParameterType switch
    {
        var type when type == typeof(Person) => Viewer,
        var type when type == typeof(CancellationToken) => Cancellation,
        var type when type == typeof(string) => "*/*",
        var type when type == typeof(ApprovalId) => approval.Id,
        var type when type == typeof(Incident) => incident,
        var type when type == typeof(IReadOnlyDictionary<string, string>) => new Dictionary<string, string>(),
        var type when type.IsValueType => Activator.CreateInstance(type),
        var type => System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type),
    };

    [GeneratedRegex(@"\.\s*(CommitAsync|AcceptAsync)\s*\(")]
    private static partial Regex WritingCall();
}

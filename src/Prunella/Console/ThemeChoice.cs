namespace Prunella.Console;

/// <summary>Dark, light, or what the system prefers: kept in a cookie, so that the first paint has it.</summary>
internal static class ThemeChoice
{
    private const string CookieName = "theme";

    internal static string Of(HttpRequest? request) => request?.Cookies[CookieName] is "dark" or "light" ? request.Cookies[CookieName]! : "auto";
}

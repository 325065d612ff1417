using Fanout.Api;
using Microsoft.AspNetCore.Http;

namespace Fanout.Server.OpenApi;

/// <summary>A page that shows the API's description. It needs nothing from elsewhere, and runs under the same policy as the dashboard.</summary>
internal static class ReferencePage
{
    private static readonly PageFiles Files = new(typeof(ReferencePage).Assembly, "reference/");

    /// <summary>A file of the page; the page itself when the path is empty.</summary>
    public static IResult Answer(string? path) => Files.Answer(path);
}

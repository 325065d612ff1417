using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Fanout.Api.Tests.Support;

/// <summary>What was answered.</summary>
public sealed record Answer(HttpStatusCode Status, HttpResponseHeaders Headers, HttpContentHeaders Content, string Text)
{
    public JsonElement Json => JsonElement.Parse(Text);

    /// <summary>The lines of JSON lines.</summary>
    public IReadOnlyList<JsonElement> Lines => [.. Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];

    /// <summary>It is a problem of this status, in problem details; the result is its detail.</summary>
    public string Problem(HttpStatusCode status)
    {
        Assert.True(status == Status, $"{Status}: {Text}");
        Assert.Equal("application/problem+json", Content.ContentType?.MediaType);
        Assert.Equal((int)status, Json.GetProperty("status").GetInt32());
        Assert.NotEmpty(Json.GetProperty("title").GetString()!);
        Assert.DoesNotContain("   at ", Text, StringComparison.Ordinal);
        return Json.GetProperty("detail").GetString()!;
    }

    /// <summary>It has this status; the result is its JSON.</summary>
    public JsonElement Is(HttpStatusCode status)
    {
        Assert.True(status == Status, $"{Status}: {Text}");
        return Text.Length > 0 && Content.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true ? Json : default;
    }
}

/// <summary>Asks.</summary>
public static class Asking
{
    public static Task<Answer> AskAsync(this HttpClient client, string path, params (string Name, string Value)[] headers) =>
        client.SendAsync(HttpMethod.Get, path, null, headers);

    public static Task<Answer> PostTextAsync(this HttpClient client, string path, string? body, params (string Name, string Value)[] headers) =>
        client.SendAsync(HttpMethod.Post, path, body, headers);

    public static async Task<Answer> SendAsync(this HttpClient client, HttpMethod method, string path, string? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers)
        {
            if (name == "Content-Type")
                request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
            else
                request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await client.SendAsync(request);
        return new Answer(response.StatusCode, response.Headers, response.Content.Headers, await response.Content.ReadAsStringAsync());
    }
}

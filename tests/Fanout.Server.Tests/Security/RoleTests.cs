using System.Net;
using Fanout.Api;
using Fanout.Api.Tests.Support;
using Fanout.Server.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Fanout.Server.Tests.Security;

/// <summary>Who may ask what.</summary>
public sealed class RoleTests : IAsyncLifetime
{
    private readonly Dictionary<ApiRole, string> _keys = [];
    private ServerHost _host = null!;

    public async Task InitializeAsync() => _host = await ServerHost.StartAsync(home =>
    {
        foreach (var role in new[] { ApiRole.Read, ApiRole.Operate, ApiRole.Admin })
            _keys.Add(role, ServerHost.AddKey(home, role.ToString(), role));
    });

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task EveryRoute_RefusesWithoutAKeyOfItsRole()
    {
        var routes = Routes();
        Assert.Equal(ApiRoutes.All.Count + 7, routes.Count);
        foreach (var route in routes)
        {
            Assert.Equal(route.Role == ApiRole.Anyone, await IsLetInAsync(route, null));
            Assert.Equal(route.Role == ApiRole.Anyone, await IsLetInAsync(route, "fanout_wrong"));
            foreach (var (role, key) in _keys)
                Assert.Equal(role >= route.Role, await IsLetInAsync(route, key));
        }
    }

    [Fact]
    public void EveryEndpointWithoutARole_OnlyShowsPages()
    {
        var open = Endpoints().Where(endpoint => endpoint.Metadata.GetMetadata<ApiRoute>() is null).Select(endpoint => endpoint.RoutePattern.RawText);
        Assert.Equal(["/", "/api/openapi.json", "/dashboard/{**path}", "/reference/{**path}"], open.Order(StringComparer.Ordinal));
        Assert.Equal(["getHealth", "getLive"], Routes().Where(route => route.Role == ApiRole.Anyone).Select(route => route.Name).Order(StringComparer.Ordinal));
        Assert.All(Routes().Where(route => route.IsChange), route => Assert.True(route.Role >= ApiRole.Operate));
    }

    [Theory]
    [InlineData("Authorization", "Bearer {0}", HttpStatusCode.OK)]
    [InlineData("Authorization", "bearer {0}", HttpStatusCode.OK)]
    [InlineData("x-functions-key", "{0}", HttpStatusCode.OK)]
    [InlineData("Authorization", "Basic {0}", HttpStatusCode.Unauthorized)]
    [InlineData("Authorization", "{0}", HttpStatusCode.Unauthorized)]
    [InlineData("Authorization", "Bearer {0}x", HttpStatusCode.Unauthorized)]
    [InlineData("Authorization", "Bearer ", HttpStatusCode.Unauthorized)]
    public async Task Key_IsShownInAHeader(string header, string form, HttpStatusCode expected)
    {
        var answer = await _host.Client.AskAsync("/api/runs", (header, form.Replace("{0}", _keys[ApiRole.Read], StringComparison.Ordinal)));
        Assert.Equal(expected, answer.Status);
        if (expected == HttpStatusCode.Unauthorized)
            Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task KeyInTheAddress_IsNotTaken() =>
        (await _host.Client.AskAsync($"/api/runs?key={_keys[ApiRole.Admin]}&code={_keys[ApiRole.Admin]}")).Problem(HttpStatusCode.Unauthorized);

    private async Task<bool> IsLetInAsync(ApiRoute route, string? key)
    {
        var path = "/" + route.Pattern.Replace("{id}", "none", StringComparison.Ordinal).Replace("{name}", "none", StringComparison.Ordinal);
        (string, string)[] headers = key is null ? [] : [("Authorization", $"Bearer {key}")];
        var answer = await _host.Client.SendAsync(new HttpMethod(route.Method), path, route.Body is null ? null : "{}", headers);
        if (answer.Status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden))
            return true;
        answer.Problem(key is null or "fanout_wrong" ? HttpStatusCode.Unauthorized : HttpStatusCode.Forbidden);
        return false;
    }

    private List<ApiRoute> Routes() => [.. Endpoints().Select(endpoint => endpoint.Metadata.GetMetadata<ApiRoute>()).OfType<ApiRoute>()];

    private IEnumerable<RouteEndpoint> Endpoints() =>
        _host.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();
}

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fanout.Api;

/// <summary>Puts the API and the dashboard onto ASP.NET Core's routing.</summary>
public static class ApiEndpoints
{
    /// <summary>Where the dashboard is.</summary>
    public const string DashboardPath = "/dashboard/";

    /// <summary>Maps every route of <see cref="ApiRoutes.All"/>, and the dashboard below <c>/dashboard/</c>, to which <c>/</c> leads.</summary>
    /// <param name="routes">Where to.</param>
    /// <param name="home">What requests are answered from.</param>
    /// <returns>The API's endpoints; each has its <see cref="ApiRoute"/> as metadata, the dashboard's have none.</returns>
    public static RouteGroupBuilder MapFanoutApi(this IEndpointRouteBuilder routes, Func<HttpContext, ApiHome> home)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var api = routes.MapGroup("");
        foreach (var route in ApiRoutes.All)
            api.MapApiRoute(route, home);
        MapDashboard(routes);
        return api;
    }

    /// <summary>Maps one route, described by what the table says of it.</summary>
    public static RouteHandlerBuilder MapApiRoute(this IEndpointRouteBuilder routes, ApiRoute route, Func<HttpContext, ApiHome> home)
    {
        ArgumentNullException.ThrowIfNull(routes);
        ArgumentNullException.ThrowIfNull(route);
        ArgumentNullException.ThrowIfNull(home);
        // As a delegate: else the overload is taken that lets the result go.
        Delegate answer = (HttpContext http) => route.HandleAsync(new ApiCall(http, home(http), NameIn(http)));
        return routes.MapMethods("/" + route.Pattern, [route.Method], answer)
            .WithMetadata(route).WithName(route.Name).WithSummary(route.Summary);
    }

    private static void MapDashboard(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", () => TypedResults.Redirect(DashboardPath)).ExcludeFromDescription();
        // Without its last slash the page's own paths would start one level too high.
        routes.MapGet("/dashboard/{**path}", (HttpContext http, string? path) =>
            http.Request.Path == DashboardPath.TrimEnd('/') ? TypedResults.Redirect(DashboardPath) : DashboardFiles.Answer(path)).ExcludeFromDescription();
    }

    private static string? NameIn(HttpContext http) => (http.GetRouteValue("id") ?? http.GetRouteValue("name")) as string;
}

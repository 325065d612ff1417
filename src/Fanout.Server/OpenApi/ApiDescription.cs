using Fanout.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Fanout.Server.OpenApi;

/// <summary>The API's description in OpenAPI 3.1, made from the table of routes.</summary>
internal static class ApiDescription
{
    public static IServiceCollection AddApiDescription(this IServiceCollection services, string version) => services;

    public static void MapApiDescription(this IEndpointRouteBuilder routes)
    {
    }
}

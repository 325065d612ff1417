using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Fanout.Server.OpenApi;

/// <summary>Says of types that JSON has no word for how they are written, and that what is null is left out.</summary>
internal static class ValueSchemas
{
    public static Task DescribeAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type == typeof(Rate))
            Text(schema, "Starts in time, such as 50/s.");
        else if (type == typeof(TimeSpan))
            Text(schema, "A time, such as 00:00:12.34.");
        if (schema.Required is { } required)
        {
            foreach (var property in context.JsonTypeInfo.Properties.Where(property => property.IsGetNullable))
                required.Remove(property.Name);
        }

        return Task.CompletedTask;
    }

    private static void Text(OpenApiSchema schema, string description) => (schema.Type, schema.Description, schema.Pattern) = (JsonSchemaType.String, description, null);
}

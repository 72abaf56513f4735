using System.Text.Json.Nodes;
using ActorMemory.Node.Http.Security;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ActorMemory.Node.Http;

/// <summary>What the OpenAPI document says about an endpoint.</summary>
/// <param name="Id">Its name, for generated clients.</param>
/// <param name="Summary">What it does.</param>
/// <param name="Answer">The shape of its answer.</param>
internal sealed record Operation(string Id, string Summary, Shape Answer) : IAccessMetadata
{
    /// <inheritdoc/>
    public required Access Access { get; init; }

    /// <summary>What can stand in the query.</summary>
    public IReadOnlyList<QueryParameter> Parameters { get; init; } = [];

    /// <summary>The shape of the body; null for none.</summary>
    public Shape? Body { get; init; }

    /// <summary>The media types of the body.</summary>
    public IReadOnlyList<string> BodyTypes { get; init; } = [Http.Answer.Json];

    /// <summary>The media type of the answer.</summary>
    public string ContentType { get; init; } = Http.Answer.Json;

    /// <summary>Whether strategy, regime and horizon stand in the path.</summary>
    public bool HasKeyPath { get; init; }

    /// <summary>What else stands in the path.</summary>
    public IReadOnlyList<string> PathNames { get; init; } = [];

    /// <summary>Whether the identity of a file stands in the path.</summary>
    public bool HasSourcePath { get; init; }
}

/// <summary>Makes the OpenAPI document from what the endpoints say about themselves.</summary>
internal static class OperationDescriptions
{
    private const string SecurityScheme = "api_key";

    public static void Describe(this IEndpointConventionBuilder endpoint, Operation operation) =>
        endpoint.WithMetadata(operation).WithMetadata(new EndpointNameMetadata(operation.Id));

    public static void AddTo(OpenApiOptions options)
    {
        options.AddDocumentTransformer(static (document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "ActorMemory",
                Version = Node.Performance.NodeInfo.ProgramVersion,
                Description = "The memory of a trading platform: takes performance records and answers with their statistics.",
            };
            document.Components = new OpenApiComponents
            {
                SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
                {
                    [SecurityScheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "am_<id>_<secret>" },
                },
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer(static (operation, context, _) =>
        {
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<Operation>().FirstOrDefault() is { } described)
                Fill(operation, described, context.Document);
            return Task.CompletedTask;
        });
    }

    private static void Fill(OpenApiOperation operation, Operation described, OpenApiDocument? document)
    {
        operation.OperationId = described.Id;
        operation.Summary = described.Summary;
        operation.Parameters = [.. PathParameters(described), .. described.Parameters.Select(InQuery)];
        if (described.Body is { } body)
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = described.BodyTypes.ToDictionary(static type => type, _ => Content(body)),
            };
        }

        operation.Description = described.Access == Access.Open
            ? "Needs no API key."
            : $"Needs an API key with the role {ApiKeyRoles.Allowing(described.Access)}.";
        if (described.Access != Access.Open)
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(SecurityScheme, document)] = [] }];
        operation.Responses = new OpenApiResponses
        {
            ["200"] = new OpenApiResponse
            {
                Description = described.Answer.Description,
                Content = new Dictionary<string, OpenApiMediaType> { [described.ContentType] = Content(AnswerOf(described)) },
            },
            ["default"] = new OpenApiResponse
            {
                Description = Shapes.Problem.Description,
                Content = new Dictionary<string, OpenApiMediaType> { [Problem.ContentType] = Content(Shapes.Problem) },
            },
        };
    }

    /// <summary>The answer to a question that names a moment says which; a record has no place for it, so there it stands in headers.</summary>
    private static Shape AnswerOf(Operation described) =>
        described.Answer is ObjectShape answer && answer != Shapes.StoredRecord && QueryParameters.Moment.All(described.Parameters.Contains)
            ? answer with
            {
                Members = [.. answer.Members, .. Shapes.Moment],
                Required = answer.Required ?? [.. answer.Members.Select(static member => member.Name)],
            }
            : described.Answer;

    private static OpenApiMediaType Content(Shape shape) => new() { Schema = shape.ToSchema() };

    private static IEnumerable<IOpenApiParameter> PathParameters(Operation described)
    {
        if (described.HasKeyPath)
        {
            yield return InPath("strategy", "The strategy, percent-encoded.");
            yield return InPath("regime", "The regime, percent-encoded.");
            yield return InPath("horizon", "The horizon, percent-encoded.");
        }

        foreach (var name in described.PathNames)
            yield return InPath(name, $"The {name}, percent-encoded.");

        if (described.HasSourcePath)
            yield return InPath("source", "The identity of the file's content, 32 hexadecimal digits.");
    }

    private static OpenApiParameter InPath(string name, string description) => new()
    {
        Name = name,
        In = ParameterLocation.Path,
        Required = true,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    private static IOpenApiParameter InQuery(QueryParameter parameter) => new OpenApiParameter
    {
        Name = parameter.Name,
        In = ParameterLocation.Query,
        Required = parameter.IsRequired,
        Description = parameter.Description,
        Schema = new OpenApiSchema
        {
            Type = parameter.IsNumber ? JsonSchemaType.Integer : JsonSchemaType.String,
            Enum = parameter.Choices?.Select(static choice => (JsonNode)choice).ToList() ?? [],
        },
    };
}
